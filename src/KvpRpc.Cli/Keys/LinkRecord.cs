using KvpRpc.Protocol.Packets;
using KvpRpc.Protocol.Sealing;
using KvpRpc.Sealing;

namespace KvpRpc.Cli.Keys;

/// <summary>What a trace knows of one link: its keys, and the tags and names that have been seen.</summary>
/// <remarks>A seal binds the tags of the packets before it, of which a trace may have missed some: then it is opened,
/// but not verified, and said to be so.</remarks>
internal sealed class LinkRecord(LinkSecrets secrets) : IDisposable
{
    // As many as a peer keeps; and what a hostile table could make this grow to.
    private const ulong TagsKept = 128;
    private const int NamesKept = 1024;

    private readonly SideRecord _host = new(secrets, isHost: true);
    private readonly SideRecord _guest = new(secrets, isHost: false);

    /// <summary>Opens the frames of a packet.</summary>
    /// <returns>What came of it; the frames are in clear for <see cref="SealVerdict.Verified"/> and
    /// <see cref="SealVerdict.NotVerified"/>.</returns>
    internal SealVerdict Open(
        bool fromHost, in PacketHeader header, Tag tag, ReadOnlySpan<byte> ciphertext, Span<byte> frames)
    {
        SideRecord own = fromHost ? _host : _guest;
        SideRecord peer = fromHost ? _guest : _host;
        Tag? before = own.FindTag(header.Number - 1);
        Tag? acknowledged = peer.FindTag(header.Ack);
        Span<byte> tagBytes = stackalloc byte[ILinkSealer.TagBytes];
        tag.CopyTo(tagBytes);
        bool isBound = before is not null && acknowledged is not null;
        if (isBound)
        {
            Span<byte> data = stackalloc byte[PacketBinding.PacketBytes];
            PacketBinding.WritePacket(data, header, before.GetValueOrDefault(), acknowledged.GetValueOrDefault());
            if (!own.Packets.TryOpen(header.Number, data, ciphertext, tagBytes, frames))
                return SealVerdict.Refused;
        }
        else if (!own.Packets.TryReveal(header.Number, ciphertext, tagBytes, frames))
        {
            return SealVerdict.Refused;
        }

        own.Keep(header.Number, tag);
        return isBound ? SealVerdict.Verified : SealVerdict.NotVerified;
    }

    /// <summary>Verifies a control part.</summary>
    internal SealVerdict Verify(bool fromHost, in ControlPart part, ReadOnlySpan<byte> tag)
    {
        SideRecord own = fromHost ? _host : _guest;
        if ((fromHost ? _guest : _host).FindTag(part.Ack) is not { } acknowledged)
            return SealVerdict.NotVerified;
        Span<byte> data = stackalloc byte[PacketBinding.ControlBytes];
        PacketBinding.WriteControl(data, part, acknowledged);
        return own.Controls.TryOpen(part.Number, data, [], tag, []) ? SealVerdict.Verified : SealVerdict.Refused;
    }

    /// <summary>Whether a packet is there for the first time, and not again beside a new control part.</summary>
    internal bool TakeFirst(bool fromHost, ulong number, Tag tag) => (fromHost ? _host : _guest).TakeFirst(number, tag);

    /// <summary>Keeps the name that a side told under a number.</summary>
    internal void KeepName(bool fromHost, ulong number, string name)
    {
        Dictionary<ulong, string> names = (fromHost ? _host : _guest).Names;
        if (number is > 0 and <= NamesKept)
            names[number] = name;
    }

    internal string? FindName(bool fromHost, ulong number) =>
        (fromHost ? _host : _guest).Names.GetValueOrDefault(number);

    public void Dispose()
    {
        _host.Dispose();
        _guest.Dispose();
    }

    private sealed class SideRecord(LinkSecrets secrets, bool isHost) : IDisposable
    {
        private readonly Dictionary<ulong, Tag> _tags = [];
        private readonly Dictionary<ulong, Tag> _taken = [];

        internal RecordedSeal Packets { get; } = new(secrets, isHost, SealKind.Packet);

        internal RecordedSeal Controls { get; } = new(secrets, isHost, SealKind.Control);

        internal Dictionary<ulong, string> Names { get; } = [];

        internal Tag? FindTag(ulong number) =>
            number == 0 ? default(Tag) : _tags.TryGetValue(number, out Tag tag) ? tag : null;

        internal void Keep(ulong number, Tag tag) => Keep(_tags, number, tag);

        internal bool TakeFirst(ulong number, Tag tag)
        {
            if (_taken.TryGetValue(number, out Tag before) && before == tag)
                return false;
            Keep(_taken, number, tag);
            return true;
        }

        public void Dispose()
        {
            Packets.Dispose();
            Controls.Dispose();
        }

        private static void Keep(Dictionary<ulong, Tag> tags, ulong number, Tag tag)
        {
            tags[number] = tag;
            if (tags.Count <= (int)TagsKept)
                return;
            foreach (ulong old in tags.Keys.Where(one => one + TagsKept <= number || one > number).ToArray())
                tags.Remove(old);
        }
    }
}

/// <summary>What a seal says with the keys of a key log.</summary>
internal enum SealVerdict
{
    /// <summary>It opens, and all that it binds is as it was.</summary>
    Verified,

    /// <summary>The keys are there, but a tag that it binds was not seen.</summary>
    NotVerified,

    /// <summary>It does not open: altered, of another timeline, or under other keys.</summary>
    Refused,
}
