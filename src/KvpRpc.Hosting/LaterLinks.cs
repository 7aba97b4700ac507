using KvpRpc.Links;

namespace KvpRpc.Hosting;

/// <summary>The links of a guest whose tables may still have to be opened: calls wait for them, as they wait for a
/// link.</summary>
internal sealed class LaterLinks : IKvpLinkSource
{
    private readonly TaskCompletionSource<IKvpLinkSource> _opened =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile string? _obstacle = "The application has not been started.";

    public RpcPeerIdentity Peer => Opened?.Peer ?? new(RpcPeerSide.Host);

    public KvpLink? CurrentLink => Opened?.CurrentLink;

    public string? Obstacle => Opened is { } opened ? opened.Obstacle : _obstacle;

    private IKvpLinkSource? Opened => _opened.Task.IsCompletedSuccessfully ? _opened.Task.Result : null;

    public async ValueTask<KvpLink> GetLinkAsync(CancellationToken cancellationToken)
    {
        IKvpLinkSource links = await _opened.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await links.GetLinkAsync(cancellationToken).ConfigureAwait(false);
    }

    internal void Open(IKvpLinkSource links) => _opened.TrySetResult(links);

    internal void SetObstacle(string text) => _obstacle = text;
}
