using System.Text;
using System.Text.Unicode;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Frames;

/// <summary>Why a side closes the link, for its peer: the close frame.</summary>
/// <param name="Code">A number; only 0 is given.</param>
/// <param name="Text">A sentence for people.</param>
internal sealed record LinkClose(uint Code, string Text)
{
    /// <summary>The longest text, in bytes of UTF-8; a longer one is cut between characters.</summary>
    internal const int MaxTextBytes = 256;

    /// <summary>Writes the frame; false when it does not fit.</summary>
    internal bool TryWrite(ref WireWriter writer)
    {
        Span<byte> text = stackalloc byte[MaxTextBytes];
        Utf8.FromUtf16(Text, text, out _, out int length);
        int size = VarInt.Size(Code) + length;
        if (writer.Room < 1 + VarInt.Size((ulong)size) + size)
            return false;
        writer.WriteByte((byte)FrameType.Close);
        writer.WriteVarInt((ulong)size);
        writer.WriteVarInt(Code);
        writer.WriteBytes(text[..length]);
        return true;
    }

    /// <summary>Reads the body of a close frame; null when it is none.</summary>
    internal static LinkClose? TryRead(ReadOnlySpan<byte> body)
    {
        WireReader reader = new(body);
        return reader.TryReadVarInt(out ulong code) && code <= uint.MaxValue
            && reader.Rest.Length <= MaxTextBytes && Utf8.IsValid(reader.Rest)
            ? new((uint)code, Encoding.UTF8.GetString(reader.Rest))
            : null;
    }
}
