using KvpRpc.Generator.Model;
using Microsoft.CodeAnalysis.CSharp;

namespace KvpRpc.Generator.Emitter;

/// <summary>Writes the file of a contract: its methods, its client, its dispatch and its requests.</summary>
internal static class ContractEmitter
{
    private const string Generated = "global::KvpRpc.Generated.";
    private const string Unit = Generated + "RpcUnit";
    private const string Token = "global::System.Threading.CancellationToken";
    private const string ValueTask = "global::System.Threading.Tasks.ValueTask";

    internal static string Emit(ContractModel contract, string space)
    {
        SourceWriter source = GeneratedFile.Begin(space);
        string name = contract.Name + "_Contract";
        source.Line($"/// <summary>The contract <see cref=\"{contract.Interface}\"/>.</summary>")
            .Attributes()
            .Open($"internal sealed class {name} : {Generated}RpcContract<{contract.Interface}>");
        foreach (MethodModel method in contract.Methods)
            EmitField(source, contract, method);
        source.Line($"public override string ServiceName => {Literal(contract.ServiceName)};").Line()
            .Line("[global::System.Runtime.CompilerServices.ModuleInitializer]")
            .Line("internal static void Register() =>")
            .Indented($"{Generated}RpcContracts.Register<{contract.Interface}>(new {name}());").Line()
            .Line($"public override {contract.Interface} CreateClient({Generated}RpcInvoker invoker) =>")
            .Indented("new Client(invoker);")
            .Line();
        EmitBind(source, contract);
        foreach (MethodModel method in contract.Methods)
            RequestEmitter.Emit(source, method);
        EmitClient(source, contract);
        return source.Close().Close().ToString();
    }

    internal static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>The type of a request: a tuple of the arguments.</summary>
    internal static string RequestType(MethodModel method) => method.Parameters.Count switch
    {
        0 => Unit,
        1 => $"global::System.ValueTuple<{method.Parameters[0].Value.Type}>",
        _ => $"({string.Join(", ", method.Parameters.Select(parameter => parameter.Value.Type))})",
    };

    private static string ResponseType(MethodModel method) => method.Response?.Type ?? Unit;

    private static void EmitField(SourceWriter source, ContractModel contract, MethodModel method)
    {
        string type = $"{Generated}RpcMethod<{RequestType(method)}, {ResponseType(method)}>";
        string request = method.Parameters.Count == 0
            ? Generated + "RpcUnits.Request"
            : $"new(Write{method.Field}Request, Read{method.Field}Request)";
        string response = method.Response is null
            ? Generated + "RpcUnits.Response"
            : $"new(Write{method.Field}Response, Read{method.Field}Response)";
        source.Line($"private static readonly {type} {method.Field}Method = new(")
            .Indented($"{Literal(contract.ServiceName)},")
            .Indented($"{Literal(method.Id)},")
            .Indented($"{Generated}RpcMethodShape.{(method.IsOneWay ? "OneWay" : "Unary")},")
            .Indented($"{(method.IsIdempotent ? "true" : "false")},")
            .Indented($"{request},")
            .Indented($"{response});")
            .Line();
    }

    private static void EmitBind(SourceWriter source, ContractModel contract)
    {
        source.Open($"public override void Bind({Generated}RpcServiceBinder<{contract.Interface}> binder)");
        foreach (MethodModel method in contract.Methods)
        {
            IEnumerable<string> arguments = method.Parameters.Select((_, index) => $"request.Item{index + 1}");
            string list = Arguments(arguments, method, "cancellationToken");
            string call = $"(({method.Interface})service).{method.Name}({list})";
            source.Line("binder.AddUnary(").Indented($"{method.Field}Method,");
            if (method.Response is null)
            {
                source.Indented("static async (service, request, cancellationToken) =>")
                    .Indented("{")
                    .Indented($"    await {call}.ConfigureAwait(false);")
                    .Indented("    return default;")
                    .Indented("});");
            }
            else
            {
                string handler = method.Result == ResultKind.ValueTask
                    ? call
                    : $"new {ValueTask}<{method.Response.Type}>({call})";
                source.Indented($"static (service, request, cancellationToken) => {handler});");
            }
        }

        source.Close().Line();
    }

    private static void EmitClient(SourceWriter source, ContractModel contract)
    {
        source.Attributes()
            .Open($"private sealed class Client : {contract.Interface}")
            .Line($"private readonly {Generated}RpcInvoker _invoker;").Line()
            .Line($"internal Client({Generated}RpcInvoker invoker) => _invoker = invoker;");
        foreach (MethodModel method in contract.Methods)
            EmitClientMethod(source, method);
        source.Close();
    }

    private static void EmitClientMethod(SourceWriter source, MethodModel method)
    {
        IEnumerable<string> parameters =
            method.Parameters.Select(parameter => $"{parameter.Value.Type} {parameter.Name}");
        string request = method.Parameters.Count switch
        {
            0 => $"default({Unit})",
            1 => $"new {RequestType(method)}({method.Parameters[0].Name})",
            _ => $"({string.Join(", ", method.Parameters.Select(parameter => parameter.Name))})",
        };
        string invoke = method.IsOneWay ? "InvokeOneWayAsync" : "InvokeUnaryAsync";
        string call = $"this._invoker.{invoke}({method.Field}Method, {request}, {method.TokenName ?? "default"})";
        if (method.Result == ResultKind.ValueTask)
            call = $"new {method.ReturnType}({call})";
        source.Line()
            .Line($"{method.ReturnType} {method.Interface}.{method.Name}("
                + $"{Arguments(parameters, method, $"{Token} {method.TokenName}")}) =>")
            .Indented($"{call};");
    }

    private static string Arguments(IEnumerable<string> arguments, MethodModel method, string token) =>
        string.Join(", ", method.TokenName is null ? arguments : arguments.Concat([token]));
}
