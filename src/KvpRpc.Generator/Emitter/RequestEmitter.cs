using KvpRpc.Generator.Model;
using static KvpRpc.Generator.Emitter.GeneratedFile;

namespace KvpRpc.Generator.Emitter;

/// <summary>Writes how the messages of a method cross: a request as an array of the arguments, a response as the
/// value.</summary>
internal static class RequestEmitter
{
    internal static void Emit(SourceWriter source, MethodModel method)
    {
        string request = ContractEmitter.RequestType(method);
        if (method.Parameters.Count > 0)
        {
            source.Open($"private static void Write{method.Field}Request({Writer}, in {request} value)")
                .Line($"writer.WriteArrayHeader({method.Parameters.Count});");
            for (int i = 0; i < method.Parameters.Count; i++)
                source.Line(method.Parameters[i].Value.Write($"value.Item{i + 1}") + ";");
            source.Close().Line();
            source.Open($"private static {request} Read{method.Field}Request({Reader})");
            Guarded(source, () => EmitRead(source, method, request));
            source.Close().Line();
        }

        if (method.Response is not { } response)
            return;
        source.Open($"private static void Write{method.Field}Response({Writer}, in {response.Type} value)")
            .Line(response.Write("value") + ";")
            .Close().Line()
            .Open($"private static {response.Type} Read{method.Field}Response({Reader})");
        Guarded(source, () => source.Line($"return {response.Read};"));
        source.Close().Line();
    }

    // An argument that the peer does not know is left out by it, one that is not known here is skipped.
    private static void EmitRead(SourceWriter source, MethodModel method, string request)
    {
        int count = method.Parameters.Count;
        source.Line($"int count = {Reading}EnterArray(ref reader);");
        for (int i = 0; i < count; i++)
        {
            ParameterModel parameter = method.Parameters[i];
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
