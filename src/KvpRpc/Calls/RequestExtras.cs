using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>What few calls bring beside their arguments and deadline: kept in one object that the others go
/// without.</summary>
internal sealed class RequestExtras
{
    private RequestExtras(in CallHeader header)
    {
        PreviousAttempts = header.PreviousAttempts;
        Listening = header.Listening;
        FirstAttempt = header.FirstAttempt;
        Compression = header.Compression;
        IdempotencyId = header.IdempotencyId.ToArray();
        TraceParent = header.TraceParent.ToArray();
        TraceState = header.TraceState.ToArray();
        Metadata = header.Metadata.ToArray();
    }

    internal uint PreviousAttempts { get; }

    internal uint Listening { get; }

    internal KvpStreamId? FirstAttempt { get; }

    internal uint Compression { get; }

    internal byte[] IdempotencyId { get; }

    internal byte[] TraceParent { get; }

    internal byte[] TraceState { get; }

    internal byte[] Metadata { get; }

    internal static RequestExtras? Create(in CallHeader header)
    {
        bool isPlain = header.PreviousAttempts == 0
            && header.Listening == 0
            && header.FirstAttempt is null
            && header.Compression == 0
            && header.IdempotencyId.IsEmpty
            && header.TraceParent.IsEmpty
            && header.TraceState.IsEmpty
            && header.Metadata.IsEmpty;
        return isPlain ? null : new(in header);
    }
}
