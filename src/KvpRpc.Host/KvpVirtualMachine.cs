using KvpRpc.Links;
using KvpRpc.Transports;

namespace KvpRpc.Host;

/// <summary>A VM that a host has opened: its guest's services can be called.</summary>
public sealed class KvpVirtualMachine : IAsyncDisposable
{
    private readonly KvpChannel _channel;
    private readonly Action _handleClosed;
    private int _isDisposed;

    internal KvpVirtualMachine(
        KvpVirtualMachineInfo info, KvpChannel channel, RpcPeerOptions options, Action handleClosed)
    {
        Id = info.Id;
        Name = info.Name;
        _channel = channel;
        _handleClosed = handleClosed;
        Peer = new(channel, options);
    }

    /// <summary>Gets the id that the hypervisor gave the VM.</summary>
    public Guid Id { get; }

    /// <summary>Gets the name that the VM had when it was opened.</summary>
    public string Name { get; }

    /// <summary>Gets the links to the guest.</summary>
    public IKvpLinkSource Links => _channel;

    internal RpcPeer Peer { get; }

    internal bool IsDisposed => Volatile.Read(ref _isDisposed) != 0;

    /// <summary>Creates a client of a service that the guest offers.</summary>
    /// <exception cref="InvalidOperationException">The contract has no generated code.</exception>
    public TContract CreateClient<[KvpContract] TContract>(RpcClientOptions? options = null)
        where TContract : class => Peer.CreateClient<TContract>(options);

    /// <summary>Stops gently: runs no more calls of the guest, and gives those that run, of both sides, the time that
    /// <see cref="RpcPeerOptions.DrainTimeout"/> allows. The link stays until disposal.</summary>
    /// <param name="cancellationToken">Ends the time early.</param>
    public Task DrainAsync(CancellationToken cancellationToken = default) => Peer.DrainAsync(cancellationToken);

    /// <summary>Ends all calls and closes the link. The VM can then be opened anew.</summary>
    public async ValueTask DisposeAsync()
    {
        await Peer.DisposeAsync().ConfigureAwait(false);
        await _channel.DisposeAsync().ConfigureAwait(false);
        // Once: by the next time it may be open anew.
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            _handleClosed();
    }
}
