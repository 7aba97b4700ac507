using System.Text.Json;
using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Hellos;

namespace KvpRpc.Protocol.Tests.Vectors;

/// <summary>Hellos against <c>protocol/vectors/hello.json</c>.</summary>
public sealed class HelloVectorTests
{
    private const string File = "hello.json";

    public static TheoryData<string> Hellos => VectorFile.Names(File, "hellos");

    public static TheoryData<string> Refused => VectorFile.Names(File, "refused");

    public static TheoryData<string> OtherVersions => VectorFile.Names(File, "otherVersions");

    [Theory]
    [MemberData(nameof(Hellos))]
    public void A_hello_is_read_as_its_vector_says(string name)
    {
        JsonElement vector = Find("hellos", name);
        Hello read = HelloCodec.TryRead(vector.Bytes())!;
        Assert.NotNull(read);
        // A record compares memory by where it lies.
        Assert.Equal(vector.Bytes("publicKey"), read.PublicKey.ToArray());
        Assert.Equal(Expected(vector) with { PublicKey = read.PublicKey }, read);
    }

    [Theory]
    [MemberData(nameof(Hellos))]
    public void What_a_vector_says_is_written_as_its_bytes_and_its_text(string name)
    {
        JsonElement vector = Find("hellos", name);
        byte[] bytes = vector.Flag("readOnly") ? vector.Bytes() : HelloCodec.Write(Expected(vector));
        Assert.Equal(vector.Text("bytes"), Convert.ToHexStringLower(bytes));
        char[] text = new char[1 + Base64Alphabet.Instance.UnitsFor(bytes.Length)];
        text[0] = 'h';
        Base64Alphabet.Instance.Encode(bytes, text.AsSpan(1));
        Assert.Equal(vector.Text("text"), new string(text));
    }

    [Theory]
    [MemberData(nameof(Hellos))]
    public void A_hello_cut_at_any_length_is_refused(string name)
    {
        byte[] bytes = Find("hellos", name).Bytes();
        for (int length = 0; length < bytes.Length; length++)
            Assert.Null(HelloCodec.TryRead(bytes.AsSpan(0, length)));
    }

    [Theory]
    [MemberData(nameof(Hellos))]
    public void Any_other_byte_makes_another_hello_or_none(string name)
    {
        JsonElement vector = Find("hellos", name);
        if (vector.Flag("readOnly"))
            return;
        byte[] bytes = vector.Bytes();
        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] altered = [.. bytes];
            for (int value = 0; value < 256; value++)
            {
                altered[at] = (byte)value;
                // A field whose number becomes an unknown one is skipped: it is not written again.
                if (HelloCodec.TryRead(altered) is { } read && HelloCodec.Write(read) is { } again
                    && again.Length == altered.Length)
                    Assert.Equal(altered, again);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_hello_that_breaks_a_rule_is_refused(string why) =>
        Assert.Null(HelloCodec.TryRead(Find("refused", why).Bytes()));

    [Theory]
    [MemberData(nameof(OtherVersions))]
    public void The_versions_of_any_hello_can_be_read(string name)
    {
        JsonElement vector = Find("otherVersions", name);
        Assert.True(HelloCodec.TryReadVersions(vector.Bytes(), out byte lowest, out byte highest));
        Assert.Equal((vector.Number("lowestVersion"), vector.Number("highestVersion")), (lowest, highest));
    }

    private static JsonElement Find(string list, string name) => VectorFile.Read(File, list)[name];

    private static Hello Expected(JsonElement vector) => new()
    {
        MinVersion = (byte)vector.Number("lowestVersion"),
        MaxVersion = (byte)vector.Number("highestVersion"),
        Role = Enum.Parse<PeerRole>(vector.Text("role"), ignoreCase: true),
        AttemptId = Id(vector.Text("attemptId")),
        AnsweredId = Id(vector.Text("answeredId")),
        PublicKey = vector.Bytes("publicKey"),
        Limits = new(
            (uint)vector.Number("maxMessageBytes"), (uint)vector.Number("streamWindow"),
            (uint)vector.Number("maxStreams")),
        Alphabets = (byte)vector.Number("alphabets"),
        UsesPreSharedKey = vector.Flag("preSharedKey"),
        VmId = vector.Has("vmId") ? vector.GetProperty("vmId").GetGuid() : null,
        LastAccepted = vector.Has("lastAccepted")
            ? new LastAccepted(
                Id(vector.GetProperty("lastAccepted").Text("attemptId")),
                vector.GetProperty("lastAccepted").Number("number"))
            : null,
        Implementation = vector.TextOrNull("implementation"),
    };

    private static UInt128 Id(string hex) =>
        UInt128.Parse(hex, System.Globalization.NumberStyles.AllowHexSpecifier, null);
}
