using System.Text.Json;
using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Packets;
using KvpRpc.Protocol.Tests.Alphabets;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Tests.Vectors;

/// <summary>Items of an open link, without their seals, against <c>protocol/vectors/items.json</c>.</summary>
public sealed class ItemVectorTests
{
    private const string File = "items.json";

    public static TheoryData<string> Items => VectorFile.Names(File, "items");

    public static TheoryData<string> Refused => VectorFile.Names(File, "refused");

    [Theory]
    [MemberData(nameof(Items))]
    public void An_item_is_taken_apart_as_its_vector_says(string name)
    {
        JsonElement vector = VectorFile.Read(File, "items")[name];
        Assert.True(ItemParts.TryRead(vector.Bytes(), out ItemParts parts));
        Assert.Equal(Convert.ToUInt32(vector.Text("linkId"), 16), parts.LinkId);
        Assert.Equal((vector.Has("control"), vector.Has("packet")), (parts.HasControl, parts.HasPacket));
        if (parts.HasControl)
        {
            JsonElement control = vector.GetProperty("control");
            Assert.Equal(Control(control), parts.Control);
            Assert.Equal(control.Bytes("tag"), parts.ControlTag);
        }

        if (!parts.HasPacket)
            return;
        JsonElement packet = vector.GetProperty("packet");
        WireReader reader = new(parts.Packet);
        Assert.True(PacketHeader.TryRead(ref reader, out PacketHeader header, out ReadOnlySpan<byte> tag));
        Assert.Equal(Header(packet), header);
        Assert.Equal(packet.Bytes("tag"), tag);
        Assert.Equal(packet.Bytes("sealed"), reader.Rest);
    }

    [Theory]
    [MemberData(nameof(Items))]
    public void The_parts_of_a_vector_are_written_as_its_bytes_and_texts(string name)
    {
        JsonElement vector = VectorFile.Read(File, "items")[name];
        byte[] buffer = new byte[2048];
        WireWriter writer = new(buffer);
        ItemLayout.WriteHead(ref writer, (byte)vector.Number("flags"), Convert.ToUInt32(vector.Text("linkId"), 16));
        if (vector.Has("control"))
        {
            Control(vector.GetProperty("control")).Write(ref writer);
            writer.WriteBytes(vector.GetProperty("control").Bytes("tag"));
        }

        if (vector.Has("packet"))
        {
            Header(vector.GetProperty("packet")).Write(ref writer);
            writer.WriteBytes(vector.GetProperty("packet").Bytes("tag"));
            writer.WriteBytes(vector.GetProperty("packet").Bytes("sealed"));
        }

        byte[] bytes = buffer[..writer.Written];
        Assert.Equal(vector.Text("bytes"), Convert.ToHexStringLower(bytes));
        foreach (JsonProperty text in vector.GetProperty("texts").EnumerateObject())
        {
            Alphabet alphabet = AlphabetVectors.ByName(text.Name);
            string expected = text.Value.GetString()!;
            char[] written = new char[alphabet.UnitsFor(bytes.Length)];
            alphabet.Encode(bytes, written);
            Assert.Equal(expected, alphabet.Mark + new string(written));
            Assert.True(alphabet.TryDecode(expected.AsSpan(1), buffer, out int count));
            Assert.Equal(bytes, buffer[..count]);
        }
    }

    [Theory]
    [MemberData(nameof(Items))]
    public void The_associated_data_is_that_of_the_vector(string name)
    {
        JsonElement vector = VectorFile.Read(File, "items")[name];
        if (vector.Has("control"))
        {
            JsonElement control = vector.GetProperty("control");
            byte[] binding = new byte[PacketBinding.ControlBytes];
            PacketBinding.WriteControl(binding, Control(control), Tag.Read(control.Bytes("ackTag")));
            Assert.Equal(control.Text("associatedData"), Convert.ToHexStringLower(binding));
        }

        if (vector.Has("packet"))
        {
            JsonElement packet = vector.GetProperty("packet");
            byte[] binding = new byte[PacketBinding.PacketBytes];
            PacketBinding.WritePacket(
                binding, Header(packet), Tag.Read(packet.Bytes("previousTag")), Tag.Read(packet.Bytes("ackTag")));
            Assert.Equal(packet.Text("associatedData"), Convert.ToHexStringLower(binding));
        }
    }

    [Theory]
    [MemberData(nameof(Items))]
    public void An_item_cut_before_the_end_of_its_last_tag_is_refused(string name)
    {
        JsonElement vector = VectorFile.Read(File, "items")[name];
        byte[] bytes = vector.Bytes();
        int sealedBytes = vector.Has("packet") ? vector.GetProperty("packet").Bytes("sealed").Length : 0;
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(
                length >= bytes.Length - sealedBytes, ItemParts.TryRead(bytes.AsSpan(0, length), out _));
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void An_item_that_breaks_a_rule_is_refused(string why) =>
        Assert.False(ItemParts.TryRead(VectorFile.Read(File, "refused")[why].Bytes(), out _));

    private static ControlPart Control(JsonElement control) => new(
        control.Number("number"), control.Number("ack"), control.Number("nudge"), control.Number("answer"));

    private static PacketHeader Header(JsonElement packet) => new(
        packet.Number("number"), packet.Number("ack"), (PacketFlags)packet.Number("flags"));
}
