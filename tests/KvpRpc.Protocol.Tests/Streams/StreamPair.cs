using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Streams;

namespace KvpRpc.Protocol.Tests.Streams;

/// <summary>The streams of both sides of a link, joined without packets, items or time.</summary>
internal sealed class StreamPair
{
    private readonly byte[] _packet = new byte[700];
    private ulong _packets;

    internal StreamPair(Func<LinkOptions, LinkOptions>? configure = null)
    {
        configure ??= options => options;
        LinkOptions host = configure(new() { Role = PeerRole.Host });
        LinkOptions guest = configure(new() { Role = PeerRole.Guest });
        Host = new(host, LimitsOf(guest), HostEvents);
        Guest = new(guest, LimitsOf(host), GuestEvents);
    }

    internal StreamSet Host { get; }

    internal StreamSet Guest { get; }

    internal Queue<LinkEvent> HostEvents { get; } = new();

    internal Queue<LinkEvent> GuestEvents { get; } = new();

    /// <summary>Carries what one side has to say until it has nothing more; the count is that of its packets.</summary>
    internal int Carry(StreamSet from, int most = int.MaxValue)
    {
        StreamSet to = from == Host ? Guest : Host;
        int packets = 0;
        while (packets < most)
        {
            int length = from.Filler.Fill(_packet, ++_packets);
            if (length == 0)
                break;
            packets++;
            Assert.Null(to.Intake.Take(_packet.AsSpan(0, length)));
        }

        return packets;
    }

    /// <summary>Carries both ways until neither has anything to say.</summary>
    internal void CarryAll()
    {
        while (Carry(Host) + Carry(Guest) > 0)
        {
        }
    }

    private static HelloLimits LimitsOf(LinkOptions options) =>
        new((uint)options.MaxMessageBytes, (uint)options.StreamWindow, (uint)options.MaxStreams);
}
