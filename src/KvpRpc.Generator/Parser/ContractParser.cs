using System.Text;
using KvpRpc.Generator.Lock;
using KvpRpc.Generator.Model;
using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Parser;

/// <summary>Reads an interface as a contract.</summary>
internal sealed class ContractParser
{
    internal const string ServiceAttribute = "KvpRpc.KvpServiceAttribute";

    private const int NameBytesMax = 255;

    private readonly INamedTypeSymbol _contract;
    private readonly Compilation _compilation;
    private readonly Place? _use;
    private readonly TypeParser _types;
    private readonly List<Problem> _problems = [];

    private ContractParser(
        INamedTypeSymbol contract,
        Compilation compilation,
        Place? use,
        LockPlaces? places,
        CancellationToken cancellationToken)
    {
        _contract = contract;
        _compilation = compilation;
        _use = use;
        _types = new TypeParser(compilation, places, cancellationToken);
    }

    /// <summary>Reads a contract.</summary>
    /// <param name="contract">The type that is used as a contract.</param>
    /// <param name="compilation">The assembly that uses it.</param>
    /// <param name="use">Where it is used: the place of problems with an interface of another assembly.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    internal static ContractResult Parse(
        INamedTypeSymbol contract, Compilation compilation, Place? use, CancellationToken cancellationToken)
    {
        var parser = new ContractParser(contract, compilation, use, null, cancellationToken);
        return new ContractResult(parser.Parse(), new EquatableArray<Problem>(parser._problems.Distinct()));
    }

    /// <summary>Reads a contract and remembers where its parts are.</summary>
    /// <returns>The contract; null where something is wrong with it, which others report.</returns>
    internal static ContractModel? ParseWithPlaces(
        INamedTypeSymbol contract, Compilation compilation, LockPlaces places, CancellationToken cancellationToken) =>
        new ContractParser(contract, compilation, null, places, cancellationToken).Parse();

    /// <summary>The name of a service on the wire.</summary>
    internal static string ServiceNameOf(INamedTypeSymbol contract, AttributeData service) =>
        service.Named("Name") ?? contract.ToDisplayString();

    private ContractModel? Parse()
    {
        if (_contract.TypeKind != TypeKind.Interface || _contract.Attribute(ServiceAttribute) is not { } service)
        {
            _problems.Add(Problem.At(Diagnostics.NotAContract, _use, _contract.Text()));
            return null;
        }

        if (IsGeneric(_contract))
        {
            Report(Diagnostics.GenericContract, _contract, _contract.OriginalDefinition.Text());
            return null;
        }

        if (!_contract.IsNameable(_compilation))
        {
            Report(Diagnostics.Inaccessible, _contract, _contract.Text());
            return null;
        }

        string name = ServiceNameOf(_contract, service);
        CheckName(_contract, name, name);
        List<MethodModel> methods = ParseMethods(name);
        if (_problems.Count > 0)
            return null;

        Dictionary<string, LockEntry> entries = LockBuilder.Types(_types.Models);
        return new ContractModel(
            _contract.Key(),
            TypeNames.Of(_contract),
            name,
            new EquatableArray<MethodModel>(methods.Select(method => LockBuilder.Describe(method, entries))),
            new EquatableArray<TypeModel>(_types.Models));
    }

    private List<MethodModel> ParseMethods(string service)
    {
        var methods = new List<MethodModel>();
        var ids = new HashSet<string>();
        IEnumerable<INamedTypeSymbol> interfaces =
            new[] { _contract }.Concat(_contract.AllInterfaces.OrderBy(at => at.Key(), StringComparer.Ordinal));
        var parser = new MethodParser(_types, Report);
        foreach (ISymbol member in interfaces.SelectMany(at => at.GetMembers()))
        {
            if (member is IMethodSymbol { MethodKind: MethodKind.Ordinary, IsStatic: false } method)
            {
                string id = MethodParser.IdOf(method);
                if (method is { IsVirtual: false, IsAbstract: false })
                    continue;
                CheckName(method, id, $"{service}/{id}");
                if (!ids.Add(id))
                    Report(Diagnostics.DuplicateId, method, method.Text(), id);
                else if (parser.Parse(method, id, methods.Select(other => other.Field)) is { } model)
                    methods.Add(model);
            }
            else if (member is IPropertySymbol or IEventSymbol || member is IMethodSymbol
            { MethodKind: MethodKind.Ordinary or MethodKind.UserDefinedOperator, IsStatic: true, IsAbstract: true })
            {
                Report(Diagnostics.NotAMethod, member, member.Text());
            }
        }

        return methods;
    }

    // A stream's name is service/method: the last slash divides. Blanks and brackets would end the name in the lock
    // file.
    private void CheckName(ISymbol symbol, string name, string full)
    {
        bool isMethod = symbol is IMethodSymbol;
        string? reason = name.Length == 0 ? "it is empty"
            : name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) ? "it has a blank"
            : isMethod && name.IndexOfAny(['/', '(']) >= 0 ? "it has a slash or a bracket"
            : Encoding.UTF8.GetByteCount(full) > NameBytesMax
                ? $"service and method together have more than {NameBytesMax} bytes"
            : null;
        if (reason is not null)
            Report(Diagnostics.BadName, symbol, symbol.Text(), name, reason);
    }

    private static bool IsGeneric(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? at = type; at is not null; at = at.ContainingType)
        {
            if (at.IsGenericType)
                return true;
        }

        return false;
    }

    // A problem lies where its cause is written; if that is another assembly, where the contract is used.
    private void Report(DiagnosticDescriptor descriptor, ISymbol cause, params string[] arguments) =>
        _problems.Add(Problem.At(descriptor, Place.Of(cause.Locations.FirstOrDefault()) ?? _use, arguments));
}
