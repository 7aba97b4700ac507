using KvpRpc.Driver;
using KvpRpc.Protocol;

namespace KvpRpc.Tests.Driver;

public sealed class ReadPolicyTests
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(250);

    [Fact]
    public void Reads_that_show_nothing_come_later_and_later_up_to_the_bound()
    {
        ReadPolicy policy = new(Shortest, Busy, Idle);
        Instant now = default;
        policy.HandleWritten(now);
        TimeSpan last = default;
        for (int i = 0; i < 60; i++)
        {
            TimeSpan interval = policy.NextReadAt(isBusy: true) - now;
            Assert.InRange(interval, last, Busy);
            last = interval;
            now += interval;
            policy.HandleRead(foundNews: false, default, now);
        }

        Assert.Equal(Busy, last);
        Assert.Equal(Idle, policy.NextReadAt(isBusy: false) - now);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_write_and_news_both_bring_the_next_read_near(bool byWrite)
    {
        ReadPolicy policy = new(Shortest, Busy, Idle);
        Instant now = default;
        for (int i = 0; i < 60; i++)
            policy.HandleRead(foundNews: false, default, now);
        if (byWrite)
            policy.HandleWritten(now);
        else
            policy.HandleRead(foundNews: true, default, now);
        Assert.Equal(Shortest, policy.NextReadAt(isBusy: true) - now);
    }

    [Fact]
    public void A_read_that_took_long_puts_the_next_off_no_further_than_the_bound()
    {
        ReadPolicy policy = new(Shortest, Busy, Idle);
        policy.HandleRead(foundNews: true, TimeSpan.FromMilliseconds(20), default);
        Assert.Equal(TimeSpan.FromMilliseconds(20), policy.NextReadAt(isBusy: true) - default(Instant));
        policy.HandleRead(foundNews: true, TimeSpan.FromSeconds(30), default);
        Assert.Equal(Busy, policy.NextReadAt(isBusy: true) - default(Instant));
    }
}
