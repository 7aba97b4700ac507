using KvpRpc.Transports;

namespace KvpRpc.Conformance;

/// <summary>Every promise to a caller of a transport that nothing wakes, as on a Hyper-V host. Derive to hold one to
/// it.</summary>
public abstract class PollingTransportConformanceTests : TransportConformanceTests
{
    [Fact(Timeout = TestTimeout)]
    public async Task A_transport_that_cannot_wait_says_so()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();

        Assert.False(transport.CanWaitForChange);
        await Assert.ThrowsAsync<NotSupportedException>(() => transport.WaitForChangeAsync(Canceled).AsTask());
    }
}
