using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Streams;

namespace KvpRpc.Protocol.Tests.Streams;

public sealed class StreamSetTests
{
    private const int Window = 64 << 10;

    [Fact]
    public void A_closed_stream_gives_back_its_whole_budget_when_its_messages_are_consumed()
    {
        StreamPair pair = new(options => options with { ReceiveBudget = 200 << 10, MaxMessageBytes = 200 << 10 });
        for (int round = 0; round < 30; round++)
        {
            EngineStream stream = pair.Host.Open("s", 0, null);
            pair.Host.Send(stream, new byte[10_000], endOfStream: false);
            pair.Carry(pair.Host);
            pair.Host.Send(stream, new byte[190 << 10], endOfStream: false);
            pair.CarryAll();
            EngineStream received = pair.GuestEvents.First(e => e.Kind == LinkEventKind.StreamOpened).Stream!;
            int whole = pair.GuestEvents.Count(e => e.Kind == LinkEventKind.Message);
            Assert.Equal(2, whole);
            pair.GuestEvents.Clear();
            pair.Guest.Consume(received, 190 << 10);
            pair.Host.Send(stream, new byte[190 << 10], endOfStream: false);
            pair.Carry(pair.Host, most: 3);
            pair.Host.Reset(stream, 1);
            pair.CarryAll();
            pair.GuestEvents.Clear();
            pair.Guest.Consume(received, 10_000);
            pair.CarryAll();
            Assert.Equal(200 << 10, pair.Guest.Budget.Free);
        }
    }

    [Fact]
    public void Streams_that_are_reset_while_they_wait_for_the_budget_are_forgotten()
    {
        StreamPair pair = new(options => options with { ReceiveBudget = 100 << 10, MaxMessageBytes = 100 << 10 });
        EngineStream holder = pair.Host.Open("s", 0, null);
        pair.Host.Send(holder, new byte[100 << 10], endOfStream: false);
        pair.CarryAll();

        for (int i = 0; i < 2000; i++)
        {
            EngineStream waiting = pair.Host.Open("s", 0, null);
            pair.Host.Send(waiting, new byte[90 << 10], endOfStream: false);
            pair.CarryAll();
            pair.Host.Reset(waiting, 1);
            pair.CarryAll();
        }

        Assert.Equal(0, pair.Guest.Budget.WaitingCount);
        Assert.Equal(1, pair.Guest.ActiveCount);
    }

    [Fact]
    public void Streams_closed_while_they_wait_to_open_are_forgotten()
    {
        StreamPair pair = new(options => options with { MaxStreams = 1 });
        EngineStream first = pair.Host.Open("s", 0, null);
        pair.Host.Send(first, new byte[1], endOfStream: false);
        pair.CarryAll();

        for (int i = 0; i < 100; i++)
        {
            EngineStream waiting = pair.Host.Open("s", 0, null);
            pair.Host.Send(waiting, new byte[1], endOfStream: true);
            pair.Host.Reset(waiting, 1);
        }

        Assert.Equal(1, pair.Host.ActiveCount);
        Assert.Equal(0, pair.Host.AwaitingOpenCount);
    }

    [Theory]
    [InlineData(32 << 10)]
    [InlineData((32 << 10) - 16)]
    [InlineData((32 << 10) + 1)]
    public void A_message_gets_credit_whatever_is_left_of_the_window_when_it_begins(int length)
    {
        for (int spent = Window - length - 64; spent < Window - 16; spent += spent < Window - length + 64 ? 1 : 997)
        {
            StreamPair pair = new();
            EngineStream stream = pair.Host.Open("s", 0, null);
            // A spent window of which nothing has come back: half a window is the least that is worth a frame.
            foreach (int part in new[] { Math.Min(spent, Window / 2 - 100), spent - Math.Min(spent, Window / 2 - 100) })
            {
                if (part < 16)
                    continue;
                pair.Host.Send(stream, new byte[part - 16], endOfStream: false);
                pair.Carry(pair.Host);
            }

            pair.Host.Send(stream, new byte[length], endOfStream: true);
            pair.CarryAll();
            foreach (LinkEvent message in pair.GuestEvents.Where(e => e.Kind == LinkEventKind.Message).ToArray())
            {
                pair.Guest.Consume(message.Stream!, message.Length);
                pair.CarryAll();
            }

            Assert.Contains(pair.GuestEvents, e => e.Kind == LinkEventKind.Message && e.EndOfStream);
        }
    }
}
