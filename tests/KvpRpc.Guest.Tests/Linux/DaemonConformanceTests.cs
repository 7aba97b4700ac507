using KvpRpc.Conformance;
using KvpRpc.Emulator.Daemon;
using KvpRpc.Emulator.Guests;
using KvpRpc.Transports;

namespace KvpRpc.Guest.Tests.Linux;

/// <summary>Holds the transport to the promises of all, against the unmodified daemon.</summary>
public sealed class DaemonConformanceTests : WaitingTransportConformanceTests
{
    private static readonly Lazy<string?> WhyUnavailable = new(DaemonRequirements.WhyUnavailable);

    protected override async ValueTask<TransportPair> OpenPairAsync()
    {
        Assert.SkipWhen(WhyUnavailable.Value is not null, $"The real daemon cannot run here: {WhyUnavailable.Value}");
        DaemonGuest guest = new DaemonGuest(new DaemonGuestOptions());
        await guest.BootAsync(Canceled);
        return new DaemonPair(guest);
    }

    private sealed class DaemonPair(DaemonGuest guest) : TransportPair
    {
        // One transaction at a time: the tests view the one table while they change the other.
        private readonly SemaphoreSlim _wire = new(1, 1);
        private readonly GuestFolder _folder = new(guest.PoolFolder);

        public override ValueTask<IKvpTransport> OpenTransportAsync() => new(_folder.Open(Prefix));

        public override async ValueTask SetPeerItemAsync(string key, string value) =>
            Assert.True((await TransactAsync(KvpRequest.Set(KvpPool.External, key, value))).IsOk);

        public override async ValueTask DeletePeerItemAsync(string key) =>
            Assert.True((await TransactAsync(KvpRequest.Delete(KvpPool.External, key))).IsOk);

        public override async ValueTask<IReadOnlyDictionary<string, string>> ViewOwnTableAsync()
        {
            Dictionary<string, string> items = [];
            for (int index = 0; ; index++)
            {
                KvpResponse item = await TransactAsync(KvpRequest.Enumerate(KvpPool.Guest, index));
                if (!item.IsOk)
                    return items;
                items[item.Key] = item.Value;
            }
        }

        public override ValueTask SetForeignItemAsync(string key, string value) =>
            _folder.SetForeignAsync(key, value);

        public override async ValueTask DisposeAsync()
        {
            await guest.DisposeAsync();
            await _folder.DisposeAsync();
            _wire.Dispose();
            await base.DisposeAsync();
        }

        private async ValueTask<KvpResponse> TransactAsync(KvpRequest request)
        {
            await _wire.WaitAsync(Canceled);
            try
            {
                return await guest.TransactAsync(request, Canceled);
            }
            finally
            {
                _wire.Release();
            }
        }
    }
}
