namespace KvpRpc.Links;

/// <summary>What both sides of a link call one of its streams, also when the link has ended.</summary>
/// <param name="Link">The link's id: new for each link of two peers.</param>
/// <param name="Number">The stream's number in the link.</param>
public readonly record struct KvpStreamId(uint Link, ulong Number);
