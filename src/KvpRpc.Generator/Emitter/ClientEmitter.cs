using KvpRpc.Generator.Model;
using static KvpRpc.Generator.Emitter.ContractEmitter;

namespace KvpRpc.Generator.Emitter;

/// <summary>Writes the client of a contract.</summary>
internal static class ClientEmitter
{
    private const string Token = "global::System.Threading.CancellationToken";

    internal static void Emit(SourceWriter source, ContractModel contract)
    {
        source.Attributes()
            .Open($"private sealed class Client : {contract.Interface}, {Generated}IRpcClient")
            .Line($"private readonly {Generated}RpcInvoker _invoker;").Line()
            .Line($"internal Client({Generated}RpcInvoker invoker) => _invoker = invoker;").Line()
            .Line($"{Generated}RpcInvoker {Generated}IRpcClient.Invoker => _invoker;");
        foreach (MethodModel method in contract.Methods)
            EmitMethod(source, method);
        source.Close();
    }

    private static void EmitMethod(SourceWriter source, MethodModel method)
    {
        string invoke = (method.Result == ResultKind.Stream, method.HasStreamArguments) switch
        {
            (true, true) => "InvokeDuplex",
            (true, false) => "InvokeServerStream",
            (false, true) => "InvokeClientStreamAsync",
            (false, false) => method.IsOneWay ? "InvokeOneWayAsync" : "InvokeUnaryAsync",
        };
        string arguments = method.HasStreamArguments ? StreamArguments(method) + ", " : "";
        string call = $"this._invoker.{invoke}({method.Field}Method, {Request(method)}, {arguments}"
            + $"{method.TokenName ?? "default"})";
        if (method.Result == ResultKind.ValueTask)
            call = $"new {method.ReturnType}({call})";
        source.Line()
            .Line($"{method.ReturnType} {method.Interface}.{method.Name}({Parameters(method)}) =>")
            .Indented($"{call};");
    }

    private static string Request(MethodModel method)
    {
        ParameterModel[] values = method.Values;
        return values.Length switch
        {
            0 => $"default({Unit})",
            1 => $"new {RequestType(method)}({values[0].Name})",
            _ => $"({string.Join(", ", values.Select(parameter => parameter.Name))})",
        };
    }

    private static string StreamArguments(MethodModel method)
    {
        IEnumerable<string> items = method.Streams.Select((parameter, index) =>
            $"new {Generated}RpcItemsArgument<{parameter.Value.Type}>({index}, {method.Field}Items{index}, "
            + $"{parameter.Name})");
        IEnumerable<string> reports = method.Reports.Select((parameter, index) =>
            $"new {Generated}RpcProgressArgument<{parameter.Value.Type}>({index}, {method.Field}Report{index}, "
            + $"{parameter.Name})");
        return $"new {Generated}RpcStreamArgument[] {{ {string.Join(", ", items.Concat(reports))} }}";
    }

    private static string Parameters(MethodModel method)
    {
        IEnumerable<string> parameters =
            method.Parameters.Select(parameter => $"{TypeOf(parameter)} {parameter.Name}");
        return string.Join(
            ", ", method.TokenName is null ? parameters : parameters.Concat([$"{Token} {method.TokenName}"]));
    }

    private static string TypeOf(ParameterModel parameter) => parameter.Kind switch
    {
        ParameterKind.Stream => $"global::System.Collections.Generic.IAsyncEnumerable<{parameter.Value.Type}>",
        ParameterKind.Progress => $"global::System.IProgress<{parameter.Value.Type}>",
        _ => parameter.Value.Type,
    };
}
