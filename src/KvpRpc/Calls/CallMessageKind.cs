namespace KvpRpc.Calls;

/// <summary>What a message of a call is. The numbers are the protocol's: <c>protocol/calls.md</c>, section 3.</summary>
internal enum CallMessageKind
{
    /// <summary>The first message of the caller: how to run the call, and its arguments.</summary>
    Call = 1,

    /// <summary>One item of a stream, from either side.</summary>
    Item = 2,

    /// <summary>The last message of a call that succeeded with one result.</summary>
    Result = 3,

    /// <summary>Metadata of the callee ahead of its first item.</summary>
    Headers = 4,

    /// <summary>The last message of a call that failed, or whose results were a stream: how it ended.</summary>
    Trailers = 5,
}
