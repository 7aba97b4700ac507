using MessagePack;
using MessagePack.Formatters;

namespace KvpRpc.Tests.Calls;

/// <summary>A value that can be made to fail while it is written or read.</summary>
[MessagePackFormatter(typeof(AwkwardFormatter))]
public sealed record Awkward(string Mood);

public sealed class AwkwardFormatter : IMessagePackFormatter<Awkward?>
{
    public void Serialize(ref MessagePackWriter writer, Awkward? value, MessagePackSerializerOptions options)
    {
        if (value?.Mood == "unwritable")
            throw new InvalidOperationException("This value cannot be written.");
        writer.Write(value?.Mood);
    }

    public Awkward Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        string? mood = reader.ReadString();
        return mood == "unreadable" ? throw new FormatException("This value cannot be read.") : new Awkward(mood!);
    }
}
