namespace KvpRpc.Calls;

/// <summary>Why a side gave the stream of a call up. The numbers are the protocol's: <c>protocol/calls.md</c>, section
/// 6.</summary>
internal enum CallResetCode : uint
{
    /// <summary>No reason given.</summary>
    None = 0,

    /// <summary>The caller no longer wants the result.</summary>
    Cancelled = 1,

    /// <summary>The deadline passed.</summary>
    DeadlineExceeded = 2,

    /// <summary>The callee takes no more calls at once; this one did not run.</summary>
    Refused = 3,

    /// <summary>The other side broke the rules of calls.</summary>
    Internal = 4,

    /// <summary>This side is closing.</summary>
    Closing = 5,
}
