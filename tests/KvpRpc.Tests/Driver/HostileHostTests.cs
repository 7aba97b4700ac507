using KvpRpc.Links;
using KvpRpc.Protocol;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;
using KvpRpc.Sealing;

namespace KvpRpc.Tests.Driver;

/// <summary>What a peer writes never ends the loop, and never keeps it busy.</summary>
public sealed class HostileHostTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_whose_first_packet_closes_it_is_followed_by_another()
    {
        using HostileHost host = new();
        TaskCompletionSource start = new();
        int opened = 0;
        host.BeforeFirstPacket = engine =>
        {
            if (opened++ == 0)
                engine.Streams!.Filler.QueueClose(new(0, "changed my mind"));
        };
        await using KvpChannel guest = KvpChannel.OpenGuest(host.NewTransport(start.Task));
        Task<KvpLink> waiting = guest.GetLinkAsync(Token).AsTask();
        start.SetResult();

        KvpLink first = await waiting.WaitAsync(TimeSpan.FromSeconds(20), Token);
        TaskCompletionSource ended = new();
        await using CancellationTokenRegistration registration = first.Ended.Register(ended.SetResult);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
        Assert.Equal((KvpLinkError.ClosedByPeer, "changed my mind"), (first.EndReason!.Error, first.EndReason.Message));
        await guest.GetLinkAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Token);
    }

    [Fact]
    public void A_first_packet_that_cannot_be_opened_leaves_nothing_due_at_once()
    {
        byte[] key = new byte[32];
        using HostileHost host = new(key);
        key[0] = 1;
        using NoiseLinkCrypto crypto = new(key);
        using LinkEngine guest = new(new() { Role = PeerRole.Guest, UsesPreSharedKey = true }, crypto, default);
        Instant now = default;
        for (int i = 0; i < 10; i++)
        {
            now += TimeSpan.FromSeconds(1);
            guest.BeginRead();
            foreach ((string item, string value) in host.Table)
                guest.HandleItem(item, value, now);
            guest.EndRead(now);
            List<OwnItem> batch = [];
            guest.CollectWrites(batch, 128, now);
            foreach (OwnItem item in batch)
                guest.HandleWritten(item, WriteResult.Landed, now);
            host.Take(batch.Select(item => (item.Key, item.Value.ToString())));
            guest.HandleTimeout(now);
            Assert.True(guest.NextTimeout > now);
            Assert.True(guest.WriteAt(now) > now);
        }

        Assert.Contains("pre-shared key", guest.Obstacle, StringComparison.Ordinal);
    }
}
