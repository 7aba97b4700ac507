using KvpRpc.Host;
using KvpRpc.Links;
using KvpRpc.Transports;

namespace KvpRpc.Hosting;

/// <summary>The links of a VM that may not exist yet, or be made anew: the first call opens it, and calls wait for it
/// as they wait for a link.</summary>
internal sealed class MachineLinks(KvpHost host, string nameOrId, TimeProvider time) : IKvpLinkSource
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private volatile KvpVirtualMachine? _machine;
    private volatile string? _obstacle;

    public RpcPeerIdentity Peer => Machine?.Links.Peer ?? new(RpcPeerSide.Guest, null, nameOrId);

    public KvpLink? CurrentLink => Machine?.Links.CurrentLink;

    public string? Obstacle => Machine is { } machine ? machine.Links.Obstacle : _obstacle;

    private KvpVirtualMachine? Machine => _machine is { IsDisposed: false } machine ? machine : null;

    public async ValueTask<KvpLink> GetLinkAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            KvpVirtualMachine machine = Machine ?? await OpenAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await machine.Links.GetLinkAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (KvpLinkException) when (machine.IsDisposed && !host.IsDisposed)
            {
                // The VM is gone; another may come in its place.
            }
        }
    }

    private async ValueTask<KvpVirtualMachine> OpenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return _machine = await host.OpenVirtualMachineAsync(nameOrId, cancellationToken).ConfigureAwait(false);
            }
            catch (KvpTransportException exception)
            {
                _obstacle = exception.Message;
            }
            catch (ObjectDisposedException)
            {
                throw new KvpLinkException(KvpLinkError.Closed, "The host is closed.", certainlyNotDelivered: true);
            }

            await Task.Delay(RetryAfter, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
