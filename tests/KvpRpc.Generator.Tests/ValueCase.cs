using System.Buffers;
using KvpRpc.Generator.Tests.Contracts;
using MessagePack;

namespace KvpRpc.Generator.Tests;

/// <summary>Values of a type, with what tests do to them without knowing the type.</summary>
internal abstract class ValueCase
{
    internal abstract Type Type { get; }

    internal abstract int Count { get; }

    /// <summary>What the generated code writes.</summary>
    internal abstract byte[] Write(int index);

    /// <summary>What MessagePack-CSharp writes.</summary>
    internal abstract byte[] Expected(int index);

    /// <summary>What MessagePack-CSharp writes of what the generated code reads.</summary>
    internal abstract byte[] ReadAndExpect(ReadOnlySequence<byte> bytes);

    /// <summary>What MessagePack-CSharp writes of what it reads itself.</summary>
    internal abstract byte[] Reread(ReadOnlyMemory<byte> bytes);

    /// <summary>Reads without asking for anything.</summary>
    internal abstract void Read(ReadOnlyMemory<byte> bytes);

    public override string ToString() => Type.ToString();
}

internal sealed class ValueCase<T>(T[] values) : ValueCase
{
    internal override Type Type => typeof(T);

    internal override int Count => values.Length;

    internal override byte[] Write(int index) => Wire.Write(Serializers.Of<T>(), values[index]);

    internal override byte[] Expected(int index) => MessagePackSerializer.Serialize(values[index], Options);

    internal override byte[] ReadAndExpect(ReadOnlySequence<byte> bytes) =>
        MessagePackSerializer.Serialize(Wire.Read(Serializers.Of<T>(), bytes), Options);

    internal override byte[] Reread(ReadOnlyMemory<byte> bytes) => MessagePackSerializer.Serialize(
        MessagePackSerializer.Deserialize<T>(bytes, Options, TestContext.Current.CancellationToken), Options);

    internal override void Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        Serializers.Of<T>().Read(ref reader);
    }

    private static MessagePackSerializerOptions Options => MessagePackSerializerOptions.Standard;
}
