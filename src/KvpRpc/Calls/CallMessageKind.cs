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

    /// <summary>The last message of a call that failed, or whose result was a stream: the last items and how it
    /// ended.</summary>
    Trailers = 5,

    /// <summary>One of several arguments that are streams has ended, while others go on.</summary>
    End = 6,

    /// <summary>The caller may send more items of one of several arguments that are streams.</summary>
    Credit = 7,
}
