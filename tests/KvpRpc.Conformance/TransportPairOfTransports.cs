using KvpRpc.Transports;

namespace KvpRpc.Conformance;

/// <summary>A pair whose other side, and whose other program, reach the tables through transports of their
/// own.</summary>
/// <param name="open">Opens the transport under test.</param>
/// <param name="peer">On the other side, opened for every key.</param>
/// <param name="foreign">On the side of the transport under test, opened for keys of another program.</param>
/// <param name="owner">Is disposed last, for example the emulator; may be null.</param>
public sealed class TransportPairOfTransports(
    Func<ValueTask<IKvpTransport>> open, IKvpTransport peer, IKvpTransport foreign, IAsyncDisposable? owner)
    : TransportPair
{
    public override ValueTask<IKvpTransport> OpenTransportAsync() => open();

    public override ValueTask SetPeerItemAsync(string key, string value) => WriteAsync(peer, key, value);

    public override ValueTask DeletePeerItemAsync(string key) => WriteAsync(peer, key, null);

    public override async ValueTask<IReadOnlyDictionary<string, string>> ViewOwnTableAsync()
    {
        ItemCollector items = new();
        await peer.ReadPeerTableAsync(items, TestContext.Current.CancellationToken);
        return items.Items;
    }

    public override ValueTask SetForeignItemAsync(string key, string value) => WriteAsync(foreign, key, value);

    public override async ValueTask DisposeAsync()
    {
        await peer.DisposeAsync();
        await foreign.DisposeAsync();
        if (owner is not null) await owner.DisposeAsync();
        await base.DisposeAsync();
    }

    private static async ValueTask WriteAsync(IKvpTransport transport, string key, string? value)
    {
        KvpItemWrite write = new(key) { Value = value.AsMemory(), IsDelete = value is null };
        await transport.WriteAsync([write], TestContext.Current.CancellationToken);
        Assert.True(write.Outcome is KvpWriteOutcome.Landed, $"The other side could not write: {write.Error}");
    }
}
