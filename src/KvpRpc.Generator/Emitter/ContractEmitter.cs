using KvpRpc.Generator.Model;
using Microsoft.CodeAnalysis.CSharp;

namespace KvpRpc.Generator.Emitter;

/// <summary>Writes the file of a contract: its methods, its client, its dispatch and its requests.</summary>
internal static class ContractEmitter
{
    internal const string Generated = "global::KvpRpc.Generated.";
    internal const string Unit = Generated + "RpcUnit";
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
        ClientEmitter.Emit(source, contract);
        return source.Close().Close().ToString();
    }

    internal static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>The type of a request: a tuple of the arguments.</summary>
    internal static string RequestType(MethodModel method)
    {
        ParameterModel[] values = method.Values;
        return values.Length switch
        {
            0 => Unit,
            1 => $"global::System.ValueTuple<{values[0].Value.Type}>",
            _ => $"({string.Join(", ", values.Select(parameter => parameter.Value.Type))})",
        };
    }

    /// <summary>The type of a response, or of the items of a result that is a stream.</summary>
    private static string ResponseType(MethodModel method) => method.Response?.Type ?? Unit;

    private static void EmitField(SourceWriter source, ContractModel contract, MethodModel method)
    {
        string type = $"{Generated}RpcMethod<{RequestType(method)}, {ResponseType(method)}>";
        string request = method.Values.Length == 0
            ? Generated + "RpcUnits.Request"
            : $"new(Write{method.Field}Request, Read{method.Field}Request)";
        string response = method.Response is null
            ? Generated + "RpcUnits.Response"
            : $"new(Write{method.Field}Response, Read{method.Field}Response)";
        source.Line($"private static readonly {type} {method.Field}Method = new(")
            .Indented($"{Literal(contract.ServiceName)},")
            .Indented($"{Literal(method.Id)},")
            .Indented($"{Generated}RpcMethodShape.{method.Shape},")
            .Indented($"{(method.IsIdempotent ? "true" : "false")},")
            .Indented($"{request},")
            .Indented($"{response})")
            .Line("{");
        if (method.Streams.Length > 0)
            source.Indented($"StreamArguments = {method.Streams.Length},");
        source.Indented($"Fingerprint = 0x{method.Fingerprint:x8},")
            .Indented($"Signature = {Literal(method.Signature)},")
            .Line("};")
            .Line();
        EmitItemFields(source, method.Field + "Items", method.Streams);
        EmitItemFields(source, method.Field + "Report", method.Reports);
    }

    private static void EmitItemFields(SourceWriter source, string name, ParameterModel[] parameters)
    {
        for (int i = 0; i < parameters.Length; i++)
        {
            source.Line($"private static readonly {Generated}RpcSerializer<{parameters[i].Value.Type}> {name}{i} =")
                .Indented($"new(Write{name}{i}, Read{name}{i});")
                .Line();
        }
    }

    private static void EmitBind(SourceWriter source, ContractModel contract)
    {
        source.Open($"public override void Bind({Generated}RpcServiceBinder<{contract.Interface}> binder)");
        foreach (MethodModel method in contract.Methods)
        {
            string call = $"(({method.Interface})service).{method.Name}("
                + $"{Arguments(method, PassOn(method), "cancellationToken")})";
            string take = method.HasStreamArguments
                ? "(service, request, arguments, cancellationToken)"
                : "(service, request, cancellationToken)";
            string kind = (method.Result == ResultKind.Stream, method.HasStreamArguments) switch
            {
                (true, true) => "Duplex",
                (true, false) => "ServerStream",
                (false, true) => "ClientStream",
                (false, false) => "Unary",
            };
            source.Line($"binder.Add{kind}(").Indented($"{method.Field}Method,");
            if (method.Response is null)
            {
                source.Indented($"static async {take} =>")
                    .Indented("{")
                    .Indented($"    await {call}.ConfigureAwait(false);")
                    .Indented("    return default;")
                    .Indented("});");
            }
            else
            {
                string handler = method.Result == ResultKind.Task
                    ? $"new {ValueTask}<{method.Response.Type}>({call})"
                    : call;
                source.Indented($"static {take} => {handler});");
            }
        }

        source.Close().Line();
    }

    // The arguments of the service's method, as the dispatcher has them.
    private static IEnumerable<string> PassOn(MethodModel method)
    {
        var next = new Dictionary<ParameterKind, int>();
        foreach (ParameterModel parameter in method.Parameters)
        {
            next.TryGetValue(parameter.Kind, out int index);
            next[parameter.Kind] = index + 1;
            yield return parameter.Kind switch
            {
                ParameterKind.Stream =>
                    $"arguments.GetItems<{parameter.Value.Type}>({index}, {method.Field}Items{index})",
                ParameterKind.Progress =>
                    $"arguments.GetProgress<{parameter.Value.Type}>({index}, {method.Field}Report{index})",
                _ => $"request.Item{index + 1}",
            };
        }
    }

    private static string Arguments(MethodModel method, IEnumerable<string> arguments, string token) =>
        string.Join(", ", method.TokenName is null ? arguments : arguments.Concat([token]));
}
