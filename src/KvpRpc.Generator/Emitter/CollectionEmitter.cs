using KvpRpc.Generator.Model;
using static KvpRpc.Generator.Emitter.GeneratedFile;

namespace KvpRpc.Generator.Emitter;

/// <summary>Writes how collections cross. What is read grows with the bytes that were there, whatever their header
/// promised.</summary>
internal static class CollectionEmitter
{
    internal static void Emit(SourceWriter source, SequenceModel type)
    {
        SequenceShape shape = type.Shape;
        source.OpenWrite(type, shape.IsNull);
        if (shape.Count is { } count)
        {
            source.Line($"writer.WriteArrayHeader({count.Replace("{0}", "value")});");
        }
        else
        {
            source.Open("if (!global::System.Linq.Enumerable.TryGetNonEnumeratedCount(value, out int count))")
                .Line("var list = global::System.Linq.Enumerable.ToList(value);")
                .Line("count = list.Count;")
                .Line("value = list;")
                .Close().Line()
                .Line("writer.WriteArrayHeader(count);");
        }

        source.Line($"foreach ({type.Element.Type} item in {shape.Items.Replace("{0}", "value")})")
            .Indented(type.Element.Write("item") + ";")
            .Close()
            .OpenRead(type, isNullable: true)
            .Line($"int count = {Reading}EnterArray(ref reader);");
        if (shape.Create is null)
            EmitReadArray(source, type.Element);
        else
            EmitReadList(source, shape, type.Element);
        source.Line()
            .Line("reader.Depth--;")
            .Line($"return {shape.Finish.Replace("{0}", "items")};")
            .Close();
    }

    internal static void Emit(SourceWriter source, MapModel type)
    {
        string pair = $"global::System.Collections.Generic.KeyValuePair<{type.Key.Type}, {type.Value.Type}>";
        source.OpenWrite(type, "{0} is null")
            .Line("writer.WriteMapHeader(value.Count);")
            .Open($"foreach ({pair} item in value)")
            .Line(type.Key.Write("item.Key") + ";")
            .Line(type.Value.Write("item.Value") + ";")
            .Close()
            .Close()
            .OpenRead(type, isNullable: true)
            .Line($"int count = {Reading}EnterMap(ref reader);")
            .Line($"var items = {type.Create};")
            .Line("for (int i = 0; i < count; i++)")
            .Indented($"items.{type.Add}({type.Key.Read}, {type.Value.Read});").Line()
            .Line("reader.Depth--;")
            .Line($"return {type.Finish.Replace("{0}", "items")};")
            .Close();
    }

    private static void EmitReadArray(SourceWriter source, ValueUse element) => source
        .Line($"{element.Type}[] items = {Reading}NewArray<{element.Type}>(count);")
        .Open("for (int i = 0; i < count; i++)")
        .Line("if (i == items.Length)")
        .Indented($"{Reading}Grow(ref items, count);")
        .Line($"items[i] = {element.Read};")
        .Close();

    private static void EmitReadList(SourceWriter source, SequenceShape shape, ValueUse element) => source
        .Line($"var items = {shape.Create};")
        .Line("for (int i = 0; i < count; i++)")
        .Indented($"{shape.Add}({element.Read});");
}
