using KvpRpc.Driver;
using KvpRpc.Links;

namespace KvpRpc.Benchmarks.Rpc.Memory;

/// <summary>One side of a link with no medium and no engine: what it costs itself is next to nothing, so that the cost
/// of the layer of calls can be seen.</summary>
internal sealed class MemoryLink : KvpLink, IKvpLinkSource
{
    private readonly Lock _gate = new();
    private readonly Queue<MemoryLinkStream> _accepted = new();
    private readonly Completion<KvpLinkStream?> _accept = new();
    private CancellationToken _acceptToken;
    private CancellationTokenRegistration _acceptCancellation;

    public override CancellationToken Ended => CancellationToken.None;

    public override KvpLinkException? EndReason => null;

    public override int MaxMessageBytes => 4 * 1024 * 1024;

    public KvpLink CurrentLink => this;

    public string? Obstacle => null;

    private MemoryLink Remote { get; set; } = null!;

    internal static (MemoryLink Left, MemoryLink Right) CreatePair()
    {
        MemoryLink left = new();
        MemoryLink right = new() { Remote = left };
        left.Remote = right;
        return (left, right);
    }

    public ValueTask<KvpLink> GetLinkAsync(CancellationToken cancellationToken) => new(this);

    public override KvpLinkStream OpenStream(string name, KvpStreamPriority priority) =>
        MemoryLinkStream.Rent(name, Remote);

    public override ValueTask<KvpLinkStream?> AcceptStreamAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_accepted.TryDequeue(out MemoryLinkStream? stream))
                return new(stream);
            ValueTask<KvpLinkStream?> pending = _accept.Begin();
            _acceptToken = cancellationToken;
            _acceptCancellation =
                cancellationToken.UnsafeRegister(static link => ((MemoryLink)link!).CancelAccept(), this);
            return pending;
        }
    }

    internal void HandleOpened(MemoryLinkStream stream)
    {
        lock (_gate)
        {
            if (_accept.IsPending)
            {
                _acceptCancellation.Unregister();
                _accept.Complete(stream);
            }
            else
            {
                _accepted.Enqueue(stream);
            }
        }
    }

    private void CancelAccept()
    {
        lock (_gate)
        {
            if (_accept.IsPending)
                _accept.Fail(new OperationCanceledException(_acceptToken));
        }
    }
}
