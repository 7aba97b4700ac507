using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using KvpRpc.Protocol.Alphabets;

namespace KvpRpc.Cli.Tests.Decode;

/// <summary>The texts of items in <c>protocol/vectors</c>.</summary>
internal static class VectorTexts
{
    /// <summary>Gives every text that a peer takes, with its bytes in hexadecimal.</summary>
    internal static IEnumerable<(string Text, string Bytes)> Good()
    {
        foreach (JsonElement write in ReadList("session.json", "writes"))
            yield return (Of(write, "text"), Of(write, "bytes"));
        foreach (JsonElement hello in ReadList("hello.json", "hellos"))
            yield return (Of(hello, "text"), Of(hello, "bytes"));
        foreach (JsonElement item in ReadList("items.json", "items"))
        {
            foreach (JsonProperty text in item.GetProperty("texts").EnumerateObject())
            {
                if (text.Value.GetString() is { } value)
                    yield return (value, Of(item, "bytes"));
            }
        }
    }

    /// <summary>Gives the writes of the session in their order.</summary>
    internal static IEnumerable<(string By, string Key, string Text)> Writes() =>
        ReadList("session.json", "writes").Select(write => (Of(write, "by"), Of(write, "key"), Of(write, "text")));

    /// <summary>Gives every text that a peer refuses, and why.</summary>
    internal static IEnumerable<(string Why, string Text)> Refused()
    {
        foreach (JsonElement hello in ReadList("hello.json", "refused"))
            yield return (Of(hello, "why"), 'h' + Base64(Of(hello, "bytes")));
        foreach (JsonElement item in ReadList("items.json", "refused"))
            yield return (Of(item, "why"), 'b' + Base64(Of(item, "bytes")));
        foreach (JsonElement text in ReadList("alphabets.json", "refused"))
        {
            // One has a lone surrogate, which is no text to a reader of JSON.
            string raw = text.GetProperty("text").GetRawText()[1..^1];
            yield return (Of(text, "why"), Of(text, "alphabet")[0] + Regex.Unescape(raw));
        }
    }

    /// <summary>Gives every probe.</summary>
    internal static IEnumerable<string> Probes() =>
        ReadList("alphabets.json", "probes").Select(probe => Of(probe, "text"));

    internal static string Base64(string hexadecimal)
    {
        byte[] bytes = Convert.FromHexString(hexadecimal);
        char[] text = new char[Base64Alphabet.Instance.UnitsFor(bytes.Length)];
        Base64Alphabet.Instance.Encode(bytes, text);
        return new(text);
    }

    /// <summary>Gives a whole file.</summary>
    internal static JsonElement Read(string file, [CallerFilePath] string here = "")
    {
        DirectoryInfo? folder = new FileInfo(here).Directory;
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "protocol", "vectors")))
            folder = folder.Parent;
        Assert.NotNull(folder);
        using JsonDocument document =
            JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder.FullName, "protocol", "vectors", file)));
        return document.RootElement.Clone();
    }

    private static List<JsonElement> ReadList(string file, string list)
    {
        List<JsonElement> entries = [.. Read(file).GetProperty(list).EnumerateArray()];
        Assert.NotEmpty(entries);
        return entries;
    }

    private static string Of(JsonElement entry, string name) => entry.GetProperty(name).GetString()!;
}
