using System.Globalization;
using KvpRpc.Generator.Model;

namespace KvpRpc.Generator.Lock;

/// <summary>Makes the entries of a lock file from contracts.</summary>
internal static class LockBuilder
{
    /// <summary>The entry of a contract.</summary>
    internal static LockEntry Service(ContractModel contract)
    {
        var entry = new LockEntry(LockEntry.Service, contract.ServiceName);
        foreach (MethodModel method in contract.Methods)
            entry.Lines.Add(new LockLine(method.Id, TextOf(method)));
        return entry;
    }

    /// <summary>The entries of the types that have one, by name.</summary>
    internal static Dictionary<string, LockEntry> Types(IEnumerable<TypeModel> types)
    {
        var entries = new Dictionary<string, LockEntry>();
        foreach (TypeModel type in types)
        {
            if (TypeOf(type) is { } entry)
                entries[entry.Name] = entry;
        }

        return entries;
    }

    /// <summary>Adds the signature and the fingerprint to a method.</summary>
    internal static MethodModel Describe(MethodModel method, Dictionary<string, LockEntry> types)
    {
        string text = TextOf(method);
        CanonicalForm form = new CanonicalForm(name => types.TryGetValue(name, out LockEntry? entry) ? entry : null)
            .Append(MethodForm.Parse(text)!);
        IEnumerable<string> entries = form.Entries.Select(entry =>
            $"{entry.Kind} {entry.Name}\n{LockFile.LinesOf(entry)}");
        return method with
        {
            Signature = $"{method.Id}{text}\n{string.Concat(entries)}".TrimEnd('\n'),
            Fingerprint = Fnv(method.Shape + form),
        };
    }

    private static string TextOf(MethodModel method) => MethodForm.Write(
        method.Parameters.Select(parameter => new MethodForm.Parameter(
            parameter.Name.TrimStart('@'),
            parameter.Kind == ParameterKind.Value && parameter.Default is not null,
            Prefix(parameter.Kind) + parameter.Value.Form)),
        (method.Result == ResultKind.Stream ? MethodForm.Stream : "")
            + (method.Response?.Form ?? (method.IsOneWay ? MethodForm.OneWay : MethodForm.Nil)),
        method.IsIdempotent);

    private static string Prefix(ParameterKind kind) => kind switch
    {
        ParameterKind.Stream => MethodForm.Stream,
        ParameterKind.Progress => MethodForm.Progress,
        _ => "",
    };

    private static LockEntry? TypeOf(TypeModel type)
    {
        string name = Parser.Forms.NameOf(type.Type);
        switch (type)
        {
            case ObjectModel { IsMap: true } map:
                return Entry(LockEntry.Map, name, map.Members, at => at.StringKey, at => at.Value.Form);
            case ObjectModel array:
                return Entry(
                    LockEntry.Array,
                    name,
                    array.Members,
                    at => at.IntKey.ToString(CultureInfo.InvariantCulture),
                    at => $"{at.Value.Form} {at.Name.TrimStart('@')}");
            case UnionModel union:
                return Entry(
                    LockEntry.Union,
                    name,
                    union.Cases,
                    at => at.Number.ToString(CultureInfo.InvariantCulture),
                    at => at.Value.Form);
            case EnumModel values:
                return Entry(LockEntry.Enum, name, values.Values, at => at.Number, at => at.Names);
            default:
                return null;
        }
    }

    private static LockEntry Entry<T>(
        string kind, string name, IEnumerable<T> items, Func<T, string> key, Func<T, string> text)
    {
        var entry = new LockEntry(kind, name);
        entry.Lines.AddRange(items.Select(item => new LockLine(key(item), text(item))));
        return entry;
    }

    private static uint Fnv(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text)
            hash = unchecked((hash ^ c) * 16777619);
        return hash;
    }
}
