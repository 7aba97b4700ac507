using KvpRpc.Conformance;
using KvpRpc.Transports;

namespace KvpRpc.Guest.Tests.Linux;

/// <summary>Holds the transport to the promises of all, against hands that write as the daemon does.</summary>
public sealed class LinuxGuestConformanceTests : WaitingTransportConformanceTests
{
    protected override async ValueTask<TransportPair> OpenPairAsync() =>
        new FolderPair(await GuestFolder.CreateAsync());

    private sealed class FolderPair(GuestFolder folder) : TransportPair
    {
        public override ValueTask<IKvpTransport> OpenTransportAsync() => new(folder.Open(Prefix));

        public override ValueTask SetPeerItemAsync(string key, string value) => folder.SetPeerAsync(key, value);

        public override ValueTask DeletePeerItemAsync(string key) => folder.SetPeerAsync(key, null);

        public override async ValueTask<IReadOnlyDictionary<string, string>> ViewOwnTableAsync() =>
            PoolBytes.AsHostSees(await GuestFolder.ReadAsync(folder.Own)).ToDictionary();

        public override ValueTask SetForeignItemAsync(string key, string value) =>
            folder.SetForeignAsync(key, value);

        public override async ValueTask DisposeAsync()
        {
            await folder.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
