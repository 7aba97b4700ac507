using MessagePack;
using MessagePack.Formatters;

namespace KvpRpc.Generator.Tests.Contracts;

[Union(0, typeof(Circle))]
[Union(1, typeof(Square))]
public interface IShape;

[MessagePackObject]
public sealed record Circle([property: Key(0)] double Radius) : IShape;

[MessagePackObject]
public record struct Square([property: Key(0)] double Side) : IShape;

/// <summary>A case that its union does not name.</summary>
public sealed class Stranger : IShape;

[Union(10, typeof(Dog))]
[Union(-5, typeof(Cat))]
public abstract class Animal
{
    [Key(0)]
    public string? Name { get; set; }
}

[MessagePackObject]
public sealed class Dog : Animal
{
    [Key(1)]
    public bool Barks { get; set; }
}

[MessagePackObject]
public sealed class Cat : Animal
{
    [Key(1)]
    public int Lives { get; set; } = 9;
}

[MessagePackObject]
public sealed class Page<T>
{
    [Key(0)]
    public List<T>? Items { get; set; }

    [Key(1)]
    public int Next { get; init; } = -1;
}

[MessagePackObject]
public sealed class Tree
{
    [Key(0)]
    public int Value { get; set; }

    [Key(1)]
    public Tree?[]? Branches { get; set; }
}

[MessagePackObject]
public sealed record Ping([property: Key(0)] Pong? Next);

[MessagePackObject]
public sealed record Pong([property: Key(0)] Ping? Next);

[MessagePackObject]
public sealed class Counting : IMessagePackSerializationCallbackReceiver
{
    [Key(0)]
    public int Written { get; set; }

    [IgnoreMember]
    public int Read { get; private set; }

    public void OnBeforeSerialize() => Written++;

    public void OnAfterDeserialize() => Read++;
}

[MessagePackObject]
public struct CountingStruct : IMessagePackSerializationCallbackReceiver
{
    [Key(0)]
    public int Written { get; set; }

    [IgnoreMember]
    public int Read { get; private set; }

    public void OnBeforeSerialize() => Written++;

    public void OnAfterDeserialize() => Read++;
}

[MessagePackObject]
public sealed class CountingHidden : IMessagePackSerializationCallbackReceiver
{
    [Key(0)]
    public int Written { get; set; }

    void IMessagePackSerializationCallbackReceiver.OnBeforeSerialize() => Written++;

    void IMessagePackSerializationCallbackReceiver.OnAfterDeserialize() => Written += 100;
}

[MessagePackFormatter(typeof(FormattedFormatter))]
public sealed record Formatted(string Text);

public sealed class FormattedFormatter : IMessagePackFormatter<Formatted?>
{
    public static readonly FormattedFormatter Instance = new();

    private FormattedFormatter()
    {
    }

    public void Serialize(ref MessagePackWriter writer, Formatted? value, MessagePackSerializerOptions options) =>
        writer.Write("<" + value?.Text + ">");

    public Formatted? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        new(reader.ReadString()!.Trim('<', '>'));
}

[MessagePackObject]
public sealed class FormattedMember
{
    [Key(0)]
    [MessagePackFormatter(typeof(OffsetFormatter), 1000)]
    public int Number { get; set; }

    [Key(1)]
    public int Plain { get; set; }

    [Key(2)]
    public Formatted? Formatted { get; set; }
}

public sealed class OffsetFormatter(int offset) : IMessagePackFormatter<int>
{
    public void Serialize(ref MessagePackWriter writer, int value, MessagePackSerializerOptions options) =>
        writer.Write(value + offset);

    public int Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        reader.ReadInt32() - offset;
}

[MessagePackFormatter(typeof(WrappedFormatter<>))]
public sealed record Wrapped<T>(T Value);

public sealed class WrappedFormatter<T> : IMessagePackFormatter<Wrapped<T>?>
{
    public void Serialize(ref MessagePackWriter writer, Wrapped<T>? value, MessagePackSerializerOptions options) =>
        options.Resolver.GetFormatterWithVerify<T>().Serialize(ref writer, value!.Value, options);

    public Wrapped<T>? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        new(options.Resolver.GetFormatterWithVerify<T>().Deserialize(ref reader, options));
}
