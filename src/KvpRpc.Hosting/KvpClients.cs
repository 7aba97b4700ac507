using System.Collections.Concurrent;
using KvpRpc.Host;

namespace KvpRpc.Hosting;

/// <summary>Gives a host the clients of the services that its VMs offer.</summary>
/// <remarks>A client can be had before its VM is there, and outlasts it: a call waits until its deadline for the VM,
/// then for a link. Where one VM is meant, its client can also be injected: <c>[FromKeyedServices("web-01")] IPatching
/// patching</c>, after <see cref="KvpHostBuilder.AddClient"/>. Safe to use from any thread.</remarks>
public sealed class KvpClients : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<RpcPeer>> _peers = new(StringComparer.Ordinal);
    private readonly KvpHost _host;
    private readonly RpcPeerOptions _options;

    internal KvpClients(KvpHost host, RpcPeerOptions options)
    {
        _host = host;
        _options = options;
    }

    /// <summary>Creates a client of a service that a VM's guest offers. It is cheap.</summary>
    /// <param name="virtualMachine">The VM's name, or its id where names are ambiguous.</param>
    /// <param name="options">How its calls are made.</param>
    /// <exception cref="InvalidOperationException">The contract has no generated code.</exception>
    public TContract Get<[KvpContract] TContract>(string virtualMachine, RpcClientOptions? options = null)
        where TContract : class
    {
        ArgumentException.ThrowIfNullOrEmpty(virtualMachine);
        Lazy<RpcPeer> peer = _peers.GetOrAdd(
            virtualMachine, name => new(() => new(new MachineLinks(_host, name, _options.TimeProvider), _options)));
        return peer.Value.CreateClient<TContract>(options);
    }

    /// <summary>Ends all calls. The application does it when it stops.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<RpcPeer> peer in _peers.Values)
            await peer.Value.DisposeAsync().ConfigureAwait(false);
    }
}
