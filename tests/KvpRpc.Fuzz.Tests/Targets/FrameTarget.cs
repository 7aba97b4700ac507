using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Streams;

namespace KvpRpc.Fuzz.Tests.Targets;

/// <summary>The frames of some packets, each with its length (two bytes) before it, taken by one side that also
/// sends.</summary>
internal static class FrameTarget
{
    private const int MaxStreams = 3;
    private const int Window = 1024;

    internal static FuzzTarget Instance { get; } = new("frame", 256 << 10, input => Run(input.Span));

    private static bool Run(ReadOnlySpan<byte> input)
    {
        LinkOptions options = new()
        {
            Role = PeerRole.Guest,
            MaxStreams = MaxStreams,
            StreamWindow = Window,
            MaxMessageBytes = 64 << 10,
            ReceiveBudget = 128 << 10,
        };
        Queue<LinkEvent> events = new();
        StreamSet streams = new(options, new HelloLimits(64 << 10, Window, MaxStreams), events);
        streams.Send(streams.Open("own", 0, null), new byte[5000], endOfStream: false);
        byte[] packet = new byte[700];
        streams.Filler.Fill(packet, 1);
        ulong number = 1;
        while (input.Length >= 2)
        {
            int length = Math.Min(input[0] | (input[1] << 8), input.Length - 2);
            string? broken = streams.Intake.Take(input.Slice(2, length));
            input = input[(2 + length)..];
            Finding.Unless(broken is not "", $"a broken rule has no text");
            Finding.Unless(
                streams.Budget.Free is >= 0 and <= 128 << 10, $"the budget has {streams.Budget.Free} bytes free");
            Finding.Unless(streams.ActiveCount <= 2 * MaxStreams, $"{streams.ActiveCount} streams are open");
            if (broken is not null)
                return false;
            streams.Filler.Fill(packet, ++number);
            Consume(streams, events);
        }

        streams.Clear();
        return true;
    }

    private static void Consume(StreamSet streams, Queue<LinkEvent> events)
    {
        while (events.TryDequeue(out LinkEvent happened))
        {
            if (happened is { Kind: LinkEventKind.Message, Buffer: not null, Stream: { } stream })
            {
                Finding.Unless(happened.Length <= 64 << 10, $"a message of {happened.Length} bytes was delivered");
                streams.Consume(stream, happened.Length);
            }
        }
    }
}
