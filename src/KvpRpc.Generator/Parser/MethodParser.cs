using KvpRpc.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KvpRpc.Generator.Parser;

/// <summary>Says what is wrong and where.</summary>
internal delegate void Report(DiagnosticDescriptor descriptor, ISymbol cause, params string[] arguments);

/// <summary>Reads a method of a contract.</summary>
internal sealed class MethodParser(TypeParser types, Report report)
{
    private const string MethodAttribute = "KvpRpc.KvpMethodAttribute";
    private const string IdempotentAttribute = "KvpRpc.IdempotentAttribute";
    private const string TokenType = "System.Threading.CancellationToken";

    /// <summary>The name of a method on the wire.</summary>
    internal static string IdOf(IMethodSymbol method)
    {
        const string Suffix = "Async";
        if (method.Attribute(MethodAttribute)?.Named("Id") is { } id)
            return id;
        return method.Name.Length > Suffix.Length && method.Name.EndsWith(Suffix, StringComparison.Ordinal)
            ? method.Name.Substring(0, method.Name.Length - Suffix.Length)
            : method.Name;
    }

    /// <summary>Reads a method.</summary>
    /// <returns>The method, or null where it cannot be called; then that was reported.</returns>
    internal MethodModel? Parse(IMethodSymbol method, string id, IEnumerable<string> fields)
    {
        string name = method.Text();
        if (method.IsGenericMethod)
        {
            report(Diagnostics.GenericMethod, method, name);
            return null;
        }

        bool isOneWay = method.Attribute(MethodAttribute)?.IsTrue("OneWay") is true;
        bool isGood = TryParseResult(method, isOneWay, out ResultKind result, out ValueUse? response);
        isGood &= TryParseParameters(
            method, isOneWay, out List<ParameterModel> parameters, out IParameterSymbol? token);
        string field = fields.Contains(method.Name) ? method.Name + TypeNames.Hash(id) : method.Name;
        return !isGood ? null : new MethodModel(
            method.ContainingType.Key(),
            Identifier(method.Name),
            field,
            id,
            isOneWay,
            method.Attribute(IdempotentAttribute) is not null,
            result,
            method.ReturnType.Use(),
            response,
            new EquatableArray<ParameterModel>(parameters),
            token is null ? null : Identifier(token.Name));
    }

    private bool TryParseResult(IMethodSymbol method, bool isOneWay, out ResultKind kind, out ValueUse? response)
    {
        kind = ResultKind.Task;
        response = null;
        string type = method.ReturnType.Text();
        if (method.ReturnsVoid)
            return Fail(Diagnostics.Void, method, method.Text());
        if (ResultOf(method, out kind, out ITypeSymbol? value) is false)
            return Fail(Diagnostics.ReturnType, method, method.Text(), type);
        if (value is null)
            return true;
        if (isOneWay)
            return Fail(Diagnostics.OneWayResult, method, method.Text(), type);
        if (Streams.IsStream(value))
            return Fail(Diagnostics.Stream, method, method.Text(), type, "return IAsyncEnumerable<T> itself");
        response = types.Parse(value);
        return !ReportFailures(method, method, value);
    }

    private static bool ResultOf(IMethodSymbol method, out ResultKind kind, out ITypeSymbol? value)
    {
        kind = ResultKind.Task;
        value = null;
        if (method.RefKind != RefKind.None || method.ReturnType is not INamedTypeSymbol type)
            return false;
        value = type.TypeArguments.FirstOrDefault();
        switch (type.OriginalDefinition.MetadataPath())
        {
            case "System.Threading.Tasks.Task" or "System.Threading.Tasks.Task`1":
                return true;
            case "System.Threading.Tasks.ValueTask" or "System.Threading.Tasks.ValueTask`1":
                kind = ResultKind.ValueTask;
                return true;
            case "System.Collections.Generic.IAsyncEnumerable`1":
                kind = ResultKind.Stream;
                return true;
            default:
                return false;
        }
    }

    private bool TryParseParameters(
        IMethodSymbol method, bool isOneWay, out List<ParameterModel> parameters, out IParameterSymbol? token)
    {
        bool isGood = true;
        parameters = [];
        token = null;
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            if (parameter.RefKind != RefKind.None)
                isGood = Fail(Diagnostics.ByReference, parameter, method.Text(), parameter.Name);
            else if (parameter.Type.ToDisplayString() == TokenType)
            {
                if (token is not null)
                    isGood = Fail(Diagnostics.TwoTokens, parameter, method.Text());
                token = parameter;
            }
            else if (isOneWay && Streams.IsStream(parameter.Type))
            {
                isGood = Fail(
                    Diagnostics.Stream, parameter, method.Text(), parameter.Type.Text(),
                    "a one-way call ends when its request is sent");
            }
            else
                isGood &= TryParseParameter(method, parameter, parameters);
        }

        if (token is not null && !SymbolEqualityComparer.Default.Equals(token, method.Parameters.Last()))
            isGood = Fail(Diagnostics.TokenNotLast, token, method.Text());
        return isGood;
    }

    private bool TryParseParameter(IMethodSymbol method, IParameterSymbol parameter, List<ParameterModel> parameters)
    {
        (ParameterKind kind, ITypeSymbol value) =
            Streams.ItemOf(parameter.Type) is { } item ? (ParameterKind.Stream, item)
            : Streams.ReportOf(parameter.Type) is { } report ? (ParameterKind.Progress, report)
            : (ParameterKind.Value, parameter.Type);
        if (kind == ParameterKind.Progress && parameters.Count(other => other.Kind == kind) == Streams.ReportsMax)
        {
            return Fail(
                Diagnostics.Stream, parameter, method.Text(), parameter.Type.Text(),
                $"at most {Streams.ReportsMax} parameters take reports");
        }

        parameters.Add(new ParameterModel(
            Identifier(parameter.Name), kind, types.Parse(value), DefaultValues.Of(parameter)));
        return !ReportFailures(method, parameter, value);
    }

    private bool ReportFailures(IMethodSymbol method, ISymbol cause, ITypeSymbol type)
    {
        bool any = false;
        foreach ((string failing, string reason) in types.FindFailures(type))
        {
            any = true;
            report(Diagnostics.NotSerializable, cause, method.Text(), failing, reason);
        }

        return any;
    }

    private static string Identifier(string name) =>
        SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    private bool Fail(DiagnosticDescriptor descriptor, ISymbol cause, params string[] arguments)
    {
        report(descriptor, cause, arguments);
        return false;
    }
}
