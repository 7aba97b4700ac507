using KvpRpc.Generator.Model;
using static KvpRpc.Generator.Emitter.GeneratedFile;

namespace KvpRpc.Generator.Emitter;

/// <summary>Writes the file of the serializers: for each type a method that writes its values and one that reads
/// them.</summary>
internal static class SerializersEmitter
{
    internal static string Emit(IEnumerable<TypeModel> types, string space)
    {
        SourceWriter source = Begin(space)
            .Line("/// <summary>How values cross the link.</summary>")
            .Attributes()
            .Open("internal static class Serializers");
        bool isFirst = true;
        foreach (TypeModel type in types)
        {
            if (!isFirst)
                source.Line();
            isFirst = false;
            EmitType(source, type);
        }

        return source.Close().Close().ToString();
    }

    /// <summary>Begins the method that writes values of a type.</summary>
    internal static SourceWriter OpenWrite(this SourceWriter source, TypeModel type, string? isNull)
    {
        source.Open($"internal static void Write{type.Name}({Writer}, {type.Annotated} value)");
        if (isNull is null)
            return source;
        return source.Open($"if ({isNull.Replace("{0}", "value")})")
            .Line("writer.WriteNil();")
            .Line("return;")
            .Close().Line();
    }

    /// <summary>Begins the method that reads values of a type.</summary>
    internal static SourceWriter OpenRead(this SourceWriter source, TypeModel type, bool isNullable)
    {
        source.Line().Open($"internal static {type.Annotated} Read{type.Name}({Reader})")
            .Line("if (reader.TryReadNil())");
        return source
            .Indented(isNullable
                ? "return default;"
                : $"throw {Reading}UnexpectedNil({ContractEmitter.Literal(type.Type.Replace("global::", ""))});")
            .Line();
    }

    private static void EmitType(SourceWriter source, TypeModel type)
    {
        switch (type)
        {
            case NullableModel nullable:
                EmitNullable(source, nullable);
                break;
            case SequenceModel sequence:
                CollectionEmitter.Emit(source, sequence);
                break;
            case MapModel map:
                CollectionEmitter.Emit(source, map);
                break;
            case TupleModel tuple:
                EmitTuple(source, tuple);
                break;
            case UnionModel union:
                EmitUnion(source, union);
                break;
            case ObjectModel model:
                ObjectEmitter.Emit(source, model);
                break;
            case FormatterModel formatter:
                source.Line("internal static readonly "
                    + $"global::MessagePack.Formatters.IMessagePackFormatter<{type.Type}> {type.Name} =")
                    .Indented(formatter.Create + ";");
                break;
        }
    }

    private static void EmitNullable(SourceWriter source, NullableModel type)
    {
        source.Open($"internal static void Write{type.Name}({Writer}, {type.Type} value)")
            .Line("if (value.HasValue)")
            .Indented(type.Value.Write("value.GetValueOrDefault()") + ";")
            .Line("else")
            .Indented("writer.WriteNil();")
            .Close().Line()
            .Line($"internal static {type.Type} Read{type.Name}({Reader}) =>")
            .Indented($"reader.TryReadNil() ? default({type.Type}) : {type.Value.Read};");
    }

    private static void EmitTuple(SourceWriter source, TupleModel type)
    {
        source.OpenWrite(type, type.IsReference ? "{0} is null" : null)
            .Line($"writer.WriteArrayHeader({type.Items.Count});");
        for (int i = 0; i < type.Items.Count; i++)
            source.Line(type.Items[i].Write("value." + type.Members[i]) + ";");
        source.Close().OpenRead(type, type.IsReference)
            .Line($"{Reading}EnterArray(ref reader, {type.Items.Count});")
            .Line($"var value = new {type.Type}(");
        for (int i = 0; i < type.Items.Count; i++)
            source.Indented(type.Items[i].Read + (i + 1 < type.Items.Count ? "," : ");"));
        source.Line("reader.Depth--;").Line("return value;").Close();
    }

    private static void EmitUnion(SourceWriter source, UnionModel type)
    {
        source.OpenWrite(type, "{0} is null").Line("global::System.Type type = value.GetType();");
        string otherwise = "";
        foreach (UnionCase at in type.Cases)
        {
            source.Open($"{otherwise}if (type == typeof({at.Value.Type}))")
                .Line("writer.WriteArrayHeader(2);")
                .Line($"writer.Write({at.Number});")
                .Line(at.Value.Write($"(({at.Value.Type})value)") + ";")
                .Close();
            otherwise = "else ";
        }

        source.Open("else")
            .Line($"throw {Reading}NotInUnion(value, {ContractEmitter.Literal(type.Type.Replace("global::", ""))});")
            .Close()
            .Close()
            .OpenRead(type, isNullable: true)
            .Line($"{Reading}EnterArray(ref reader, 2);")
            .Line($"{type.Annotated} value = null;")
            .Open("switch (reader.ReadInt32())");
        foreach (UnionCase at in type.Cases)
        {
            source.Line($"case {at.Number}:").Indented($"value = {at.Value.Read};").Indented("break;");
        }

        source.Line("default:").Indented("reader.Skip();").Indented("break;").Close().Line()
            .Line("reader.Depth--;").Line("return value;").Close();
    }
}
