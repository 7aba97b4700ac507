using KvpRpc.Protocol.Links;

namespace KvpRpc.Protocol.Tests.Links;

/// <summary>What packets meet is kept for who asks, and only then.</summary>
public sealed class LinkMeasuresTests
{
    private readonly LinkMeasures _measures = new() { AreWanted = true, IsActive = true };

    [Fact]
    public void An_acknowledgement_tells_how_long_each_packet_waited()
    {
        _measures.HandleSealed(1, 50, 100, At(10));
        _measures.HandleSealed(2, 100, 100, At(12));
        _measures.HandleAck(acked: 0, ack: 2, since: default, At(15));
        Assert.Equal([TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(3)], TakeDelays());
        Assert.True(_measures.TryGetFill(out double half));
        Assert.True(_measures.TryGetFill(out double full));
        Assert.Equal((0.5, 1.0), (half, full));
        Assert.False(_measures.TryGetFill(out _));
    }

    [Fact]
    public void What_was_sealed_before_a_rest_waits_from_the_end_of_the_rest()
    {
        _measures.HandleSealed(1, 1, 1, At(10));
        _measures.HandleAck(acked: 0, ack: 1, since: At(3600), At(3601));
        Assert.Equal([TimeSpan.FromSeconds(1)], TakeDelays());
    }

    [Fact]
    public void At_rest_an_acknowledgement_says_nothing()
    {
        _measures.HandleSealed(1, 1, 1, At(10));
        _measures.IsActive = false;
        _measures.HandleAck(acked: 0, ack: 1, since: default, At(3600));
        Assert.Empty(TakeDelays());
    }

    [Fact]
    public void Nothing_is_kept_where_nobody_asks_and_never_more_than_a_bound()
    {
        LinkMeasures unwanted = new();
        unwanted.HandleSealed(1, 1, 1, At(1));
        Assert.False(unwanted.TryGetFill(out _));

        for (ulong number = 1; number <= 1000; number++)
            _measures.HandleSealed(number, 1, 1, At(1));
        _measures.HandleAck(acked: 0, ack: 1000, since: default, At(2));
        Assert.Equal(128, TakeDelays().Count);
        int fills = 0;
        while (_measures.TryGetFill(out _))
            fills++;
        Assert.Equal(256, fills);
    }

    [Fact]
    public void The_numbers_of_the_next_link_are_other_packets()
    {
        _measures.HandleSealed(1, 1, 1, At(10));
        _measures.HandleEnd();
        _measures.IsActive = true;
        _measures.HandleAck(acked: 0, ack: 1, since: default, At(20));
        Assert.Empty(TakeDelays());
    }

    private static Instant At(int seconds) => new(TimeSpan.FromSeconds(seconds));

    private List<TimeSpan> TakeDelays()
    {
        List<TimeSpan> delays = [];
        while (_measures.TryGetAckDelay(out TimeSpan delay))
            delays.Add(delay);
        return delays;
    }
}
