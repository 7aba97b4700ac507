using KvpRpc.Generator.Model;
using static KvpRpc.Generator.Emitter.GeneratedFile;

namespace KvpRpc.Generator.Emitter;

/// <summary>Writes how types cross by their members.</summary>
internal static class ObjectEmitter
{
    internal static void Emit(SourceWriter source, ObjectModel type)
    {
        EmitWrite(source, type);
        source.OpenRead(type, type.IsReference);
        if (type.IsMap)
            EmitReadMap(source, type);
        else
            EmitReadArray(source, type);
        EmitMake(source, type);
        source.Close();
    }

    private static void EmitWrite(SourceWriter source, ObjectModel type)
    {
        source.OpenWrite(type, type.IsReference ? "{0} is null" : null);
        if (type.BeforeWrite is { } before)
            source.Line(before.Replace("{0}", "value") + ";");
        MemberModel[] members = [.. type.Members.Where(member => member.IsReadable)];
        if (type.IsMap)
        {
            source.Line($"writer.WriteMapHeader({members.Length});");
            foreach (MemberModel member in members)
            {
                source.Line($"writer.WriteString({ContractEmitter.Literal(member.StringKey)}u8);")
                    .Line(member.Value.Write(Access("value", member)) + ";");
            }
        }
        else
        {
            int next = 0;
            source.Line($"writer.WriteArrayHeader({members.Select(member => member.IntKey + 1).LastOrDefault()});");
            foreach (MemberModel member in members)
            {
                for (; next < member.IntKey; next++)
                    source.Line("writer.WriteNil();");
                next++;
                source.Line(member.Value.Write(Access("value", member)) + ";");
            }
        }

        source.Close();
    }

    private static void EmitReadArray(SourceWriter source, ObjectModel type)
    {
        source.Line($"int count = {Reading}EnterArray(ref reader);");
        EmitLocals(source, type);
        source.Open("for (int i = 0; i < count; i++)").Open("switch (i)");
        for (int i = 0; i < type.Members.Count; i++)
        {
            if (type.Members[i].Setting == Setting.None)
                continue;
            source.Line($"case {type.Members[i].IntKey}:")
                .Indented($"member{i} = {type.Members[i].Value.Read};")
                .Indented("break;");
        }

        source.Line("default:").Indented("reader.Skip();").Indented("break;").Close().Close().Line();
    }

    private static void EmitReadMap(SourceWriter source, ObjectModel type)
    {
        source.Line($"int count = {Reading}EnterMap(ref reader);");
        EmitLocals(source, type);
        source.Open("for (int i = 0; i < count; i++)")
            .Line("global::System.ReadOnlySpan<byte> key ="
                + " global::MessagePack.Internal.CodeGenHelpers.ReadStringSpan(ref reader);");
        string otherwise = "";
        for (int i = 0; i < type.Members.Count; i++)
        {
            MemberModel member = type.Members[i];
            if (member.Setting == Setting.None)
                continue;
            string literal = ContractEmitter.Literal(member.StringKey);
            source.Open($"{otherwise}if (global::System.MemoryExtensions.SequenceEqual(key, {literal}u8))")
                .Line($"member{i} = {member.Value.Read};");
            if (IsTracked(member))
                source.Line($"has{i} = true;");
            source.Close();
            otherwise = "else ";
        }

        if (otherwise.Length > 0)
            source.Line("else").Indented("reader.Skip();");
        else
            source.Line("reader.Skip();");
        source.Close().Line();
    }

    private static void EmitLocals(SourceWriter source, ObjectModel type)
    {
        for (int i = 0; i < type.Members.Count; i++)
        {
            MemberModel member = type.Members[i];
            if (member.Setting == Setting.None)
                continue;
            source.Line($"{member.Value.Type} member{i} = default;");
            if (type.IsMap && IsTracked(member))
                source.Line($"bool has{i} = false;");
        }
    }

    // What is not there keeps the value that the constructor gives it.
    private static void EmitMake(SourceWriter source, ObjectModel type)
    {
        string arguments = string.Join(", ", type.Arguments.Select(index => $"member{index}"));
        string created = $"new {type.Type}({arguments})";
        string required = Initializer(type, Setting.Required);
        source.Line("reader.Depth--;");
        for (int i = 0; i < type.Members.Count; i++)
        {
            MemberModel member = type.Members[i];
            if (member is not { Setting: Setting.Init, IsReadable: true })
                continue;
            source.Line($"if ({(type.IsMap ? $"!has{i}" : $"count <= {member.IntKey}")})")
                .Indented($"member{i} = {Access($"({created}{required})", member)};");
        }

        source.Line($"var value = {created}{Initializer(type, Setting.Required, Setting.Init)};");
        for (int i = 0; i < type.Members.Count; i++)
        {
            MemberModel member = type.Members[i];
            if (member.Setting != Setting.Assign)
                continue;
            source.Line($"if ({(type.IsMap ? $"has{i}" : $"count > {member.IntKey}")})")
                .Indented($"{Access("value", member)} = member{i};");
        }

        if (type.AfterRead is { } after)
            source.Line(after.Replace("{0}", "value") + ";");
        source.Line("return value;");
    }

    private static string Initializer(ObjectModel type, params Setting[] settings)
    {
        IEnumerable<string> members = type.Members
            .Select((member, index) => (member, index))
            .Where(pair => settings.Contains(pair.member.Setting))
            .Select(pair => $"{pair.member.Name} = member{pair.index}");
        string list = string.Join(", ", members);
        return list.Length == 0 ? "" : $" {{ {list} }}";
    }

    private static bool IsTracked(MemberModel member) => member.Setting is Setting.Assign or Setting.Init;

    private static string Access(string value, MemberModel member) => member.Owner is null
        ? $"{value}.{member.Name}"
        : $"(({member.Owner}){value}).{member.Name}";
}
