using KvpRpc.Generator.Model;
using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Parser;

/// <summary>Finds how the types of a contract cross, and every type that they hold.</summary>
/// <param name="compilation">The assembly that uses the contract.</param>
/// <param name="places">What remembers the types; null where their places are not needed.</param>
/// <param name="cancellationToken">Ends the parsing early.</param>
internal sealed class TypeParser(Compilation compilation, LockPlaces? places, CancellationToken cancellationToken)
{
    // A type that holds a larger one of its own kind (Page of Page of ...) never ends.
    private const int TypesMax = 2000;
    private const int NestingMax = 8;

    private readonly Dictionary<string, TypeModel> _models = [];
    private readonly Dictionary<string, HashSet<string>> _parts = [];
    private readonly Dictionary<string, string> _failures = [];
    private readonly Stack<string> _path = new();

    /// <summary>Gets every type that needs methods, ordered by name.</summary>
    internal IEnumerable<TypeModel> Models => _models.Values.OrderBy(model => model.Name, StringComparer.Ordinal);

    internal Compilation Compilation => compilation;

    /// <summary>Finds how a type crosses. Whether it can is known by <see cref="FindFailures"/> afterwards.</summary>
    internal ValueUse Parse(ITypeSymbol type)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string key = type.Key();
        if (_path.Count > 0)
            _parts[_path.Peek()].Add(key);
        bool isKnown = _parts.ContainsKey(key);
        if (!isKnown)
        {
            _parts.Add(key, []);
            places?.Add(type);
        }

        string name = TypeNames.Of(type);
        if (Leaves.Find(type) is { } leaf)
        {
            if (type.TypeKind == TypeKind.Enum && !_models.ContainsKey(key))
                _models.Add(key, new EnumModel(key, name, Forms.Values(type)));
            return leaf;
        }

        if (!isKnown)
        {
            if (_parts.Count > TypesMax || type.Nesting() > NestingMax)
                return Fail(type, "it holds ever larger types without end");
            _path.Push(key);
            if (ParseNew(type, name) is { } model)
                _models.Add(key, model);
            _path.Pop();
        }

        _models.TryGetValue(key, out TypeModel? known);
        return known is FormatterModel formatter
            ? UseFormatter(type, formatter)
            : new ValueUse(
                type.Use(),
                $"Serializers.Write{name}(ref writer, {{0}})",
                $"Serializers.Read{name}(ref reader)",
                Forms.Of(type, known));
    }

    /// <summary>Uses a formatter that a member names for itself.</summary>
    internal ValueUse ParseWith(ITypeSymbol type, AttributeData attribute)
    {
        string? create = FormatterParser.Create(attribute, type, compilation);
        if (create is null)
            return Fail(type, "its formatter is not accessible, or not a formatter of it");
        string key = type.Key() + " as " + create;
        string name = TypeNames.Of(type) + "_" + TypeNames.Hash(key);
        var model = new FormatterModel(type.Key(), name, create);
        _models[key] = model;
        return UseFormatter(type, model);
    }

    /// <summary>Says that a type cannot cross.</summary>
    internal ValueUse Fail(ITypeSymbol type, string reason)
    {
        string key = type.Key();
        if (!_failures.ContainsKey(key))
            _failures.Add(key, reason);
        if (_path.Count > 0)
            _parts[_path.Peek()].Add(key);
        return new ValueUse(type.Use(), "", "default", "");
    }

    /// <summary>Lists the types in a type, itself included, that cannot cross, with the reason of each.</summary>
    internal IEnumerable<(string Type, string Reason)> FindFailures(ITypeSymbol type)
    {
        if (_failures.Count == 0)
            yield break;
        var seen = new HashSet<string>();
        var open = new Queue<string>([type.Key()]);
        while (open.Count > 0)
        {
            string key = open.Dequeue();
            if (!seen.Add(key))
                continue;
            if (_failures.TryGetValue(key, out string? reason))
                yield return (key.Replace("global::", ""), reason);
            if (_parts.TryGetValue(key, out HashSet<string>? parts))
            {
                foreach (string part in parts)
                    open.Enqueue(part);
            }
        }
    }

    private static ValueUse UseFormatter(ITypeSymbol type, FormatterModel model)
    {
        const string Options = "global::KvpRpc.Generated.RpcFormatters.Options";
        return new ValueUse(
            type.Use(),
            $"Serializers.{model.Name}.Serialize(ref writer, {{0}}, {Options})",
            $"Serializers.{model.Name}.Deserialize(ref reader, {Options})",
            Forms.Of(type));
    }

    private TypeModel? ParseNew(ITypeSymbol type, string name)
    {
        switch (type)
        {
            case IArrayTypeSymbol { IsSZArray: true } array:
                return ParseSequence(type, name, array.ElementType, Collections.Array);
            case INamedTypeSymbol named when type.TypeKind is not (TypeKind.Error or TypeKind.Delegate):
                if (!named.IsNameable(compilation))
                    Fail(type, "it is not accessible in the assembly that uses the contract");
                else if (type.IsRefLikeType)
                    Fail(type, "it lives on the stack only");
                else
                    return ParseNamed(named, name);
                return null;
            default:
                Fail(type, "it has no form in MessagePack");
                return null;
        }
    }

    private TypeModel? ParseNamed(INamedTypeSymbol type, string name)
    {
        string key = type.Key();
        if (type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return new NullableModel(key, name, Parse(type.TypeArguments[0]));
        if (type.Attribute("MessagePack.MessagePackFormatterAttribute") is { } formatter)
        {
            if (FormatterParser.Create(formatter, type, compilation) is { } create)
                return new FormatterModel(key, name, create);
            Fail(type, "its formatter is not accessible, or not a formatter of it");
            return null;
        }

        string path = type.OriginalDefinition.MetadataPath();
        if (Streams.IsStream(type))
        {
            Fail(type, "a stream or the taker of reports is an argument itself, or the result, not a part of a value");
            return null;
        }

        if (TupleMembers(type, path) is { } members)
        {
            var items = new EquatableArray<ValueUse>(type.TypeArguments.Select(Parse));
            return new TupleModel(key, name, type.IsReferenceType, items, new EquatableArray<string>(members));
        }

        if (Collections.Sequences.TryGetValue(path, out SequenceShape? sequence))
            return ParseSequence(type, name, type.TypeArguments[0], sequence);
        if (Collections.Maps.TryGetValue(path, out MapShape? map))
            return ParseMap(type, name, map);
        if (type.GetAttributes().Any(UnionParser.IsUnion))
            return UnionParser.Parse(this, type, name);
        if (ObjectParser.IsObject(type))
            return ObjectParser.Parse(this, type, name);
        if (ElementOfCollection(type) is { } element)
            return ParseSequence(type, name, element, Collections.Other);
        Fail(type, "it is neither a type of the platform with a form in MessagePack nor marked with "
            + "[MessagePackObject], [Union] or [MessagePackFormatter]");
        return null;
    }

    private SequenceModel ParseSequence(ITypeSymbol type, string name, ITypeSymbol element, SequenceShape shape)
    {
        ValueUse use = Parse(element);
        string comparer = shape.Finish.Contains("{C}") || shape.Create?.Contains("{C}") is true
            ? ComparerOf(type, element)
            : "";
        string Fill(string text) => text.Replace("{T}", use.Type).Replace("{S}", type.Key()).Replace("{C}", comparer);
        var filled = new SequenceShape(
            shape.IsNull,
            shape.Count is null ? null : Fill(shape.Count),
            shape.Items,
            shape.Create is null ? null : Fill(shape.Create),
            Fill(shape.Add),
            Fill(shape.Finish));
        return new SequenceModel(type.Key(), name, type.IsReferenceType, use, filled);
    }

    private MapModel ParseMap(INamedTypeSymbol type, string name, MapShape shape)
    {
        ValueUse key = Parse(type.TypeArguments[0]);
        ValueUse value = Parse(type.TypeArguments[1]);
        bool isHashed = shape.Create.Contains("{C}") || shape.Finish.Contains("{C}");
        string comparer = isHashed ? ComparerOf(type, type.TypeArguments[0]) : "";
        string Fill(string text) =>
            text.Replace("{K}", key.Type).Replace("{V}", value.Type).Replace("{C}", comparer);
        return new MapModel(type.Key(), name, key, value, Fill(shape.Create), shape.Add, Fill(shape.Finish));
    }

    private string ComparerOf(ITypeSymbol type, ITypeSymbol key)
    {
        if (Leaves.Comparer(key) is { } comparer)
            return comparer;
        Fail(type, $"its keys ('{key.Text()}') have no hash that withstands chosen keys; use text, numbers, enums, "
            + "Guids or times as keys, or a sorted collection");
        return "";
    }

    private static IEnumerable<string>? TupleMembers(INamedTypeSymbol type, string path)
    {
        if (path == "System.Collections.Generic.KeyValuePair`2")
            return ["Key", "Value"];
        if (!path.StartsWith("System.Tuple`", StringComparison.Ordinal)
            && !path.StartsWith("System.ValueTuple`", StringComparison.Ordinal))
            return null;
        return Enumerable.Range(1, type.TypeArguments.Length).Select(item => item == 8 ? "Rest" : "Item" + item);
    }

    // Hashed and keyed collections that are not known cannot be told to use a safe comparer.
    private static ITypeSymbol? ElementOfCollection(INamedTypeSymbol type)
    {
        bool isMade = type is { TypeKind: TypeKind.Class, IsAbstract: false }
            && type.InstanceConstructors.Any(constructor => constructor is
            { Parameters.Length: 0, DeclaredAccessibility: Accessibility.Public });
        for (INamedTypeSymbol? at = type; at is not null; at = at.BaseType)
            isMade &= at.OriginalDefinition.MetadataPath() != "System.Collections.Generic.HashSet`1";
        INamedTypeSymbol? Find(string path) =>
            type.AllInterfaces.FirstOrDefault(candidate => candidate.OriginalDefinition.MetadataPath() == path);
        return isMade && Find("System.Collections.Generic.IDictionary`2") is null
            ? Find("System.Collections.Generic.ICollection`1")?.TypeArguments[0]
            : null;
    }
}
