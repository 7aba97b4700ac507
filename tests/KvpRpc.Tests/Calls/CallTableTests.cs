using CsCheck;
using KvpRpc.Calls;
using Microsoft.Extensions.Time.Testing;

namespace KvpRpc.Tests.Calls;

public sealed class CallTableTests
{
    [Fact]
    public void Calls_end_at_their_deadlines_in_whatever_order_they_come_and_go() =>
        Gen.Select(Gen.Int[1, 100], Gen.Bool).Array[1, 200].Sample(plan =>
        {
            FakeTimeProvider time = new();
            using CallTable table = new(time);
            FakeCall[] calls = [.. plan.Select(step => new FakeCall(TimeSpan.FromSeconds(step.Item1)))];
            foreach (FakeCall call in calls)
                Assert.True(table.TryAdd(call));
            for (int i = 0; i < calls.Length; i++)
            {
                if (plan[i].Item2)
                    Assert.True(table.Remove(calls[i]));
            }

            for (int second = 1; second <= 100; second++)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                for (int i = 0; i < calls.Length; i++)
                {
                    bool isDue = !plan[i].Item2 && plan[i].Item1 <= second;
                    Assert.Equal(isDue ? CallEnd.DeadlinePassed : CallEnd.None, calls[i].End);
                }
            }

            Assert.Equal(0, table.Count);
        }, iter: 300);

    [Fact]
    public void A_call_that_has_ended_by_time_can_no_longer_be_removed()
    {
        FakeTimeProvider time = new();
        using CallTable table = new(time);
        FakeCall call = new(TimeSpan.FromSeconds(1));
        table.TryAdd(call);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(table.Remove(call));
    }

    [Fact]
    public void A_call_that_comes_later_and_ends_sooner_is_in_time()
    {
        FakeTimeProvider time = new();
        using CallTable table = new(time);
        FakeCall slow = new(TimeSpan.FromDays(49));
        FakeCall quick = new(TimeSpan.FromMilliseconds(1.5));
        table.TryAdd(slow);
        table.TryAdd(quick);
        time.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Equal(CallEnd.DeadlinePassed, quick.End);
        time.Advance(TimeSpan.FromDays(40));
        Assert.Equal(CallEnd.None, slow.End);
        time.Advance(TimeSpan.FromDays(9));
        Assert.Equal(CallEnd.DeadlinePassed, slow.End);
    }

    [Fact]
    public void A_closed_table_has_ended_its_calls_and_takes_no_more()
    {
        using CallTable table = new(new FakeTimeProvider());
        FakeCall call = new(TimeSpan.MaxValue);
        table.TryAdd(call);
        table.Close();
        Assert.Equal(CallEnd.Closing, call.End);
        Assert.False(table.TryAdd(new FakeCall(TimeSpan.MaxValue)));
        Assert.False(table.Remove(call));
    }

    [Fact]
    public void A_time_beyond_reckoning_is_never()
    {
        Assert.Equal(TimeSpan.MaxValue, CallTable.GetDeadline(TimeSpan.FromDays(1), TimeSpan.MaxValue));
        Assert.Equal(TimeSpan.MaxValue, CallTable.GetDeadline(TimeSpan.FromDays(1), Timeout.InfiniteTimeSpan));
        Assert.Equal(TimeSpan.FromDays(3), CallTable.GetDeadline(TimeSpan.FromDays(1), TimeSpan.FromDays(2)));
    }

    private sealed class FakeCall : OpenCall
    {
        internal FakeCall(TimeSpan deadline) => Deadline = deadline;

        internal CallEnd End { get; private set; }

        internal override void HandleEnd(CallEnd end)
        {
            Assert.Equal(CallEnd.None, End);
            End = end;
        }
    }
}
