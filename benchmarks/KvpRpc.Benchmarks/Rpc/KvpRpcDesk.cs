using KvpRpc.Benchmarks.Rpc.Memory;

namespace KvpRpc.Benchmarks.Rpc;

/// <summary>Both sides of KvpRpc without engine and medium: the layer of calls, contracts and serialization.</summary>
internal sealed class KvpRpcDesk : IAsyncDisposable
{
    private readonly RpcPeer _caller;
    private readonly RpcPeer _callee;

    internal KvpRpcDesk(RpcPeerOptions? caller = null, RpcPeerOptions? callee = null)
    {
        (MemoryLink left, MemoryLink right) = MemoryLink.CreatePair();
        _caller = new(left, caller);
        _callee = new(right, callee);
        _callee.AddService<IDesk>(new Desk(), RpcAccess.Anyone);
        _callee.Start();
        Client = _caller.CreateClient<IDesk>();
    }

    internal IDesk Client { get; }

    public async ValueTask DisposeAsync()
    {
        await _caller.DisposeAsync();
        await _callee.DisposeAsync();
    }
}
