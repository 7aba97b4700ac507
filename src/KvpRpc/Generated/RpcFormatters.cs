using System.ComponentModel;
using System.Runtime.CompilerServices;
using MessagePack;
using MessagePack.Formatters;
using MessagePack.Resolvers;

namespace KvpRpc.Generated;

/// <summary>What formatters that a contract's types bring along are called with. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RpcFormatters
{
    /// <summary>Gets the options: untrusted data, at most <see cref="RpcReading.DepthMax"/> levels deep. A formatter
    /// may ask the resolver for numbers, texts, times, bytes and Guids; where code can be made at run time, for all
    /// that MessagePack's standard resolver knows.</summary>
    /// <remarks>Native code with a contract that needs them publishes with the warnings IL2060 and IL3050 of <see
    /// cref="MessagePackSecurity"/>, whatever the resolver: every instance of it has a comparer that reflects. The
    /// comparer is not used here.</remarks>
    public static MessagePackSerializerOptions Options { get; } = new MessagePackSerializerOptions(
        RuntimeFeature.IsDynamicCodeSupported ? StandardResolver.Instance : new Resolver())
        .WithSecurity(MessagePackSecurity.UntrustedData.WithMaximumObjectGraphDepth(RpcReading.DepthMax));

    private sealed class Resolver : IFormatterResolver
    {
        public IMessagePackFormatter<T>? GetFormatter<T>() => Cache<T>.Formatter;
    }

    private static class Cache<T>
    {
        internal static readonly IMessagePackFormatter<T>? Formatter = Find(typeof(T)) as IMessagePackFormatter<T>;
    }

    private static object? Find(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean when type == typeof(bool) => BooleanFormatter.Instance,
        TypeCode.Char when type == typeof(char) => CharFormatter.Instance,
        TypeCode.SByte when type == typeof(sbyte) => SByteFormatter.Instance,
        TypeCode.Byte when type == typeof(byte) => ByteFormatter.Instance,
        TypeCode.Int16 when type == typeof(short) => Int16Formatter.Instance,
        TypeCode.UInt16 when type == typeof(ushort) => UInt16Formatter.Instance,
        TypeCode.Int32 when type == typeof(int) => Int32Formatter.Instance,
        TypeCode.UInt32 when type == typeof(uint) => UInt32Formatter.Instance,
        TypeCode.Int64 when type == typeof(long) => Int64Formatter.Instance,
        TypeCode.UInt64 when type == typeof(ulong) => UInt64Formatter.Instance,
        TypeCode.Single => SingleFormatter.Instance,
        TypeCode.Double => DoubleFormatter.Instance,
        TypeCode.Decimal => DecimalFormatter.Instance,
        TypeCode.DateTime => DateTimeFormatter.Instance,
        TypeCode.String => NullableStringFormatter.Instance,
        _ when type == typeof(Guid) => GuidFormatter.Instance,
        _ when type == typeof(TimeSpan) => TimeSpanFormatter.Instance,
        _ when type == typeof(DateTimeOffset) => DateTimeOffsetFormatter.Instance,
        _ when type == typeof(byte[]) => ByteArrayFormatter.Instance,
        _ => null,
    };
}
