using KvpRpc.Driver;
using Microsoft.Extensions.Time.Testing;

namespace KvpRpc.Tests.Driver;

/// <summary>What makes a side suspect that it, or its VM, is a past or a copy of what it was (rule l).</summary>
public sealed class TimelineWatchTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly JumpingTimeProvider _jumping;
    private readonly ScriptedTransport _transport = new();
    private readonly TimelineWatch _watch;

    public TimelineWatchTests()
    {
        _jumping = new(_time);
        _watch = new(_jumping, _transport);
    }

    [Fact]
    public void Time_that_passes_is_no_suspicion_however_much_it_is()
    {
        foreach (double seconds in new[] { 0, 0.001, 1, 60, 86_400 })
        {
            _time.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Null(_watch.TakeSuspicion());
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    [InlineData(7 * 86_400)]
    public void A_jump_of_the_time_of_day_is_a_suspicion_once(double seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(10));
        Jump(seconds);
        Assert.Equal($"the clock has jumped by {seconds} s", _watch.TakeSuspicion());
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(_watch.TakeSuspicion());
    }

    [Theory]
    [InlineData(0, 0.9)]
    [InlineData(0, -0.9)]
    [InlineData(3600, 3)]
    public void A_clock_that_is_set_right_slowly_is_no_suspicion(double passed, double drift)
    {
        _time.Advance(TimeSpan.FromSeconds(passed));
        Jump(drift);
        Assert.Null(_watch.TakeSuspicion());
    }

    [Fact]
    public void What_the_transport_knows_of_the_vm_is_a_suspicion_once()
    {
        _transport.Timeline = 1;
        Assert.Equal("the VM was restored or copied", _watch.TakeSuspicion());
        Assert.Null(_watch.TakeSuspicion());
    }

    [Fact]
    public void Two_nonces_are_never_the_same() => Assert.NotEqual(_watch.DrawNonce(), _watch.DrawNonce());

    public ValueTask DisposeAsync() => _transport.DisposeAsync();

    private void Jump(double seconds) => _jumping.Jump(TimeSpan.FromSeconds(seconds));
}
