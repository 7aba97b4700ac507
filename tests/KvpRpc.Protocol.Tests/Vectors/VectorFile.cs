using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace KvpRpc.Protocol.Tests.Vectors;

/// <summary>Reads the golden vectors of the protocol: those of this version in <c>protocol/vectors</c>, and those of
/// earlier versions in the folders <c>v1</c>, <c>v2</c>, … in it.</summary>
internal static class VectorFile
{
    /// <summary>Gives the entries of a list of a file by what tells them apart: name or reason, behind the folder of an
    /// earlier version.</summary>
    internal static IReadOnlyDictionary<string, JsonElement> Read(string file, string list)
    {
        Dictionary<string, JsonElement> entries = [];
        foreach ((string prefix, JsonElement root) in Roots(file))
        {
            foreach (JsonElement entry in root.GetProperty(list).EnumerateArray())
                entries.Add(prefix + (entry.TextOrNull("name") ?? entry.Text("why")), entry);
        }

        Assert.NotEmpty(entries);
        return entries;
    }

    /// <summary>Gives the same for the data of a theory.</summary>
    internal static TheoryData<string> Names(string file, string list) => [.. Read(file, list).Keys];

    /// <summary>Gives the file of every version that has it, this version's first.</summary>
    internal static IEnumerable<(string Prefix, JsonElement Root)> Roots(string file)
    {
        string current = Path.GetDirectoryName(PathOf(file))!;
        foreach (string folder in (string[])[current, .. Directory.GetDirectories(current, "v*").Order()])
        {
            if (!File.Exists(Path.Combine(folder, file)))
                continue;
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, file)));
            yield return (
                folder == current ? "" : Path.GetFileName(folder) + ": ", document.RootElement.Clone());
        }
    }

    /// <summary>Gives where a file of this version lies.</summary>
    internal static string PathOf(string file, [CallerFilePath] string here = "")
    {
        DirectoryInfo? folder = new FileInfo(here).Directory;
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "protocol", "vectors")))
            folder = folder.Parent;
        Assert.NotNull(folder);
        return Path.Combine(folder.FullName, "protocol", "vectors", file);
    }

    internal static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    internal static string? TextOrNull(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    internal static byte[] Bytes(this JsonElement element, string name = "bytes") =>
        Convert.FromHexString(element.Text(name));

    /// <summary>Gives a number, which is a text where it is larger than all readers of JSON can tell.</summary>
    internal static ulong Number(this JsonElement element, string name)
    {
        JsonElement value = element.GetProperty(name);
        return value.ValueKind == JsonValueKind.String
            ? ulong.Parse(value.GetString()!, CultureInfo.InvariantCulture)
            : value.GetUInt64();
    }

    internal static bool Flag(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.GetBoolean();

    internal static bool Has(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;
}
