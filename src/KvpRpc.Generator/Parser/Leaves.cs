using KvpRpc.Generator.Model;
using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Parser;

/// <summary>The types that are written and read in one expression.</summary>
internal static class Leaves
{
    private const string Values = "global::KvpRpc.Generated.RpcValues.";

    private static readonly Dictionary<SpecialType, string> Tokens = new()
    {
        [SpecialType.System_Boolean] = "Boolean",
        [SpecialType.System_Char] = "Char",
        [SpecialType.System_SByte] = "SByte",
        [SpecialType.System_Byte] = "Byte",
        [SpecialType.System_Int16] = "Int16",
        [SpecialType.System_UInt16] = "UInt16",
        [SpecialType.System_Int32] = "Int32",
        [SpecialType.System_UInt32] = "UInt32",
        [SpecialType.System_Int64] = "Int64",
        [SpecialType.System_UInt64] = "UInt64",
        [SpecialType.System_Single] = "Single",
        [SpecialType.System_Double] = "Double",
        [SpecialType.System_DateTime] = "DateTime",
        [SpecialType.System_String] = "String",
    };

    private static readonly Dictionary<string, (string Write, string Read)> Known = new()
    {
        ["decimal"] = Helped("ReadDecimal"),
        ["byte[]"] = ("writer.Write({0})", Values + "ReadByteArray(ref reader)"),
        ["global::System.Guid"] = Helped("ReadGuid"),
        ["global::System.DateTimeOffset"] = Helped("ReadDateTimeOffset"),
        ["global::System.Uri"] = Helped("ReadUri"),
        ["global::System.Version"] = Helped("ReadVersion"),
        ["global::System.Text.StringBuilder"] = Helped("ReadStringBuilder"),
        ["global::System.Numerics.BigInteger"] = Helped("ReadBigInteger"),
        ["global::System.Int128"] = Helped("ReadInt128"),
        ["global::System.UInt128"] = Helped("ReadUInt128"),
        ["global::System.ReadOnlyMemory<byte>"] = ("writer.Write({0}.Span)", Values + "ReadMemory(ref reader)"),
        ["global::System.Memory<byte>"] = ("writer.Write({0}.Span)", Values + "ReadMemory(ref reader)"),
        ["global::System.ArraySegment<byte>"] = Helped("ReadSegment"),
        ["global::System.Buffers.ReadOnlySequence<byte>"] = Helped("ReadSequence"),
        ["global::System.TimeSpan"] = ("writer.Write({0}.Ticks)", "new global::System.TimeSpan(reader.ReadInt64())"),
        ["global::System.TimeOnly"] = ("writer.Write({0}.Ticks)", "new global::System.TimeOnly(reader.ReadInt64())"),
        ["global::System.DateOnly"] =
            ("writer.Write({0}.DayNumber)", "global::System.DateOnly.FromDayNumber(reader.ReadInt32())"),
        ["global::System.Half"] = ("writer.Write((float){0})", "(global::System.Half)reader.ReadSingle()"),
        ["global::System.Text.Rune"] =
            ("writer.Write({0}.Value)", "new global::System.Text.Rune(reader.ReadInt32())"),
    };

    private static readonly HashSet<string> EqualByBytes =
    [
        "global::System.Guid", "global::System.TimeSpan", "global::System.TimeOnly", "global::System.DateOnly",
        "global::System.Text.Rune", "global::System.Int128", "global::System.UInt128",
    ];

    /// <summary>How a leaf crosses; null if the type is none.</summary>
    internal static ValueUse? Find(ITypeSymbol type)
    {
        if (Tokens.TryGetValue(type.SpecialType, out string? token))
            return new ValueUse(type.Use(), "writer.Write({0})", $"reader.Read{token}()", Forms.Of(type));
        if (type is INamedTypeSymbol { TypeKind: TypeKind.Enum, EnumUnderlyingType: { } number })
        {
            string read = $"({type.Key()})reader.Read{Tokens[number.SpecialType]}()";
            return new ValueUse(type.Key(), $"writer.Write(({number.Key()}){{0}})", read, Forms.Of(type));
        }

        return Known.TryGetValue(type.Key(), out (string Write, string Read) known)
            ? new ValueUse(type.Use(), known.Write, known.Read, Forms.Of(type))
            : null;
    }

    /// <summary>The comparer of keys that a peer chose; null where there is none that withstands them.</summary>
    internal static string? Comparer(ITypeSymbol key)
    {
        const string Comparers = "global::KvpRpc.Generated.RpcComparers.";
        switch (key.SpecialType)
        {
            case SpecialType.System_String:
                return Comparers + "ForText";
            case SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_DateTime:
                return Comparers + "For" + Tokens[key.SpecialType];
            default:
                string name = key.Key();
                if (name == "global::System.DateTimeOffset")
                    return Comparers + "ForDateTimeOffset";
                bool isBytes = Tokens.ContainsKey(key.SpecialType) || key.TypeKind == TypeKind.Enum
                    || EqualByBytes.Contains(name);
                return isBytes ? $"{Comparers}ForBytes<{name}>()" : null;
        }
    }

    private static (string Write, string Read) Helped(string read) =>
        (Values + "Write(ref writer, {0})", $"{Values}{read}(ref reader)");
}
