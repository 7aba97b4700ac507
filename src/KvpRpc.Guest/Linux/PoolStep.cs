namespace KvpRpc.Guest.Linux;

/// <summary>One change of a pool file, small enough that a process which dies leaves it done, not done, or a
/// prefix.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Position">Where in the file; for <see cref="PoolStepKind.SetLength"/> the new length.</param>
/// <param name="Start">Where in the new record the bytes to write are.</param>
/// <param name="Length">How many bytes to write.</param>
internal readonly record struct PoolStep(PoolStepKind Kind, long Position, int Start, int Length);
