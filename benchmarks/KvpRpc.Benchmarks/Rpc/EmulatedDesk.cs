using KvpRpc.Emulator;

namespace KvpRpc.Benchmarks.Rpc;

/// <summary>Both sides of KvpRpc whole: calls, driver, engine, sealing, and the emulator's tables.</summary>
internal sealed class EmulatedDesk : IAsyncDisposable
{
    private readonly KvpTestPair _pair;

    private EmulatedDesk(KvpTestPair pair)
    {
        _pair = pair;
        Client = pair.Host.CreateClient<IDesk>();
    }

    internal IDesk Client { get; }

    internal static async Task<EmulatedDesk> StartAsync() => new(await KvpTestPair.StartAsync(new()
    {
        Guest = static peer => peer.AddService<IDesk>(new Desk(), RpcAccess.Anyone),
    }));

    public ValueTask DisposeAsync() => _pair.DisposeAsync();
}
