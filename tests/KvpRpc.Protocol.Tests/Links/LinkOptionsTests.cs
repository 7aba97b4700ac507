using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Streams;
using KvpRpc.Protocol.Tests.Simulation;
using KvpRpc.Protocol.Tests.Streams;

namespace KvpRpc.Protocol.Tests.Links;

/// <summary>Limits that make no sense, and texts and names that no packet holds, are refused or cut where they are
/// given.</summary>
public sealed class LinkOptionsTests
{
    private static readonly LinkOptions Good = new() { Role = PeerRole.Host };

    public static TheoryData<string> Names => new(Bad.Keys);

    private static readonly Dictionary<string, LinkOptions> Bad = new()
    {
        ["Channel"] = Good with { Channel = "Upper" },
        ["Channel has 1"] = Good with { Channel = "" },
        ["Channel has 1 to 32"] = Good with { Channel = new('a', 33) },
        ["MaxValueUnits"] = Good with { MaxValueUnits = 683 },
        ["MaxValueUnits is 1024"] = Good with { MaxValueUnits = 1024 },
        ["MaxValueUtf8Bytes"] = Good with { MaxValueUtf8Bytes = 100 },
        ["MaxSlots is 0"] = Good with { MaxSlots = 0 },
        ["MaxSlots is 129"] = Good with { MaxSlots = 129 },
        ["MaxStreams"] = Good with { MaxStreams = 0 },
        ["StreamWindow"] = Good with { StreamWindow = 1023 },
        ["MaxMessageBytes"] = Good with { MaxMessageBytes = 0 },
        ["could never be taken in"] = Good with { MaxMessageBytes = 2000, ReceiveBudget = 1999 },
        ["KeepaliveAfter"] = Good with { KeepaliveAfter = default },
        ["LostAfter"] = Good with { LostAfter = TimeSpan.FromSeconds(-1) },
        ["MaxAuditAfter"] = Good with { MaxAuditAfter = TimeSpan.FromSeconds(1) },
        ["GapAfter"] = Good with { GapAfter = TimeSpan.MaxValue },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_limit_that_no_link_can_keep_to_is_refused_with_its_name(string name)
    {
        ArgumentException refused =
            Assert.Throws<ArgumentException>(() => new LinkEngine(Bad[name], new SimulatedCrypto(1), default));

        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_budget_is_at_least_the_largest_message_where_nobody_sets_it()
    {
        Assert.Equal(16 << 20, Good.ReceiveBudget);
        Assert.Equal(64 << 20, (Good with { MaxMessageBytes = 64 << 20 }).ReceiveBudget);
        using LinkEngine engine = new(Good with { MaxMessageBytes = 64 << 20 }, new SimulatedCrypto(1), default);
        Assert.Equal(LinkState.Greeting, engine.State);
    }

    [Fact]
    public void A_close_with_a_text_that_no_packet_holds_still_reaches_the_peer()
    {
        using SimulatedWorld world = new(seed: 1, configure: options => options with { MaxValueUnits = 700 });
        world.Start();
        world.Open();

        world.Host.Peer.Close(string.Concat(Enumerable.Repeat("€😀", 1000)));
        world.Host.Pump();
        world.RunFor(TimeSpan.FromSeconds(2));

        LinkEnd end = world.Guest.Peer.Application.LastEnd!;
        Assert.Equal(LinkEndReason.ClosedByPeer, end.Reason);
        Assert.Equal(string.Concat(Enumerable.Repeat("€😀", 36)) + "€", end.Text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public void A_streams_name_that_the_peer_would_not_take_is_refused(int length)
    {
        StreamSet streams = new StreamPair().Host;

        Assert.Throws<ArgumentException>(() => streams.Open(new('n', length), 0, null));

        Assert.Equal(0, streams.ActiveCount);
        Assert.NotNull(streams.Open(new('n', 255), 0, null));
    }
}
