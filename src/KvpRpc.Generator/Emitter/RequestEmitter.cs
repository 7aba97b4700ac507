using KvpRpc.Generator.Model;
using static KvpRpc.Generator.Emitter.GeneratedFile;

namespace KvpRpc.Generator.Emitter;

/// <summary>Writes how the messages of a method cross: a request as an array of the arguments, a response, an
/// item of a stream and a report as the value.</summary>
internal static class RequestEmitter
{
    internal static void Emit(SourceWriter source, MethodModel method)
    {
        ParameterModel[] values = method.Values;
        if (values.Length > 0)
        {
            string request = ContractEmitter.RequestType(method);
            source.Open($"private static void Write{method.Field}Request({Writer}, in {request} value)")
                .Line($"writer.WriteArrayHeader({values.Length});");
            for (int i = 0; i < values.Length; i++)
                source.Line(values[i].Value.Write($"value.Item{i + 1}") + ";");
            source.Close().Line();
            source.Open($"private static {request} Read{method.Field}Request({Reader})");
            Guarded(source, () => EmitRead(source, values, request));
            source.Close().Line();
        }

        if (method.Response is { } response)
            EmitValue(source, method.Field + "Response", response);
        EmitItems(source, method.Field + "Items", method.Streams);
        EmitItems(source, method.Field + "Report", method.Reports);
    }

    private static void EmitItems(SourceWriter source, string name, ParameterModel[] parameters)
    {
        for (int i = 0; i < parameters.Length; i++)
            EmitValue(source, $"{name}{i}", parameters[i].Value);
    }

    private static void EmitValue(SourceWriter source, string name, ValueUse value)
    {
        source.Open($"private static void Write{name}({Writer}, in {value.Type} value)")
            .Line(value.Write("value") + ";")
            .Close().Line()
            .Open($"private static {value.Type} Read{name}({Reader})");
        Guarded(source, () => source.Line($"return {value.Read};"));
        source.Close().Line();
    }

    // An argument that the peer does not know is left out by it, one that is not known here is skipped.
    private static void EmitRead(SourceWriter source, ParameterModel[] values, string request)
    {
        int count = values.Length;
        source.Line($"int count = {Reading}EnterArray(ref reader);");
        for (int i = 0; i < count; i++)
        {
            ParameterModel parameter = values[i];
            string missing = parameter.Default
                ?? $"throw {Reading}Missing({ContractEmitter.Literal(parameter.Name.TrimStart('@'))})";
            source.Line($"{parameter.Value.Type} item{i + 1} = count > {i} ? {parameter.Value.Read} : {missing};");
        }

        string items = string.Join(", ", Enumerable.Range(1, count).Select(item => $"item{item}"));
        source.Line($"{Reading}Skip(ref reader, count - {count});")
            .Line("reader.Depth--;")
            .Line(count == 1 ? $"return new {request}({items});" : $"return ({items});");
    }

    private static void Guarded(SourceWriter source, Action emit)
    {
        source.Open("try");
        emit();
        source.Close()
            .Open($"catch (global::System.Exception exception) when ({Reading}IsForeign(exception))")
            .Line($"throw {Reading}Malformed(exception);")
            .Close();
    }
}
