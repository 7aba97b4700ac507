using System.Text.Json;
using System.Text.RegularExpressions;
using KvpRpc.Protocol.Tests.Vectors;

namespace KvpRpc.Tests.EndToEnd;

/// <summary>What <c>protocol/example.md</c> explains byte by byte are the bytes of the session's vector.</summary>
public sealed partial class ExampleDocumentTests
{
    private static readonly JsonElement[] Writes =
        [.. VectorFile.Roots("session.json").First().Root.GetProperty("writes").EnumerateArray()];

    [Fact]
    public void Every_block_of_bytes_is_of_the_write_that_its_section_is_about()
    {
        int whole = 0;
        foreach (Match section in Section().Matches(Document()))
        {
            JsonElement write = Writes[int.Parse(section.Groups[1].Value, null) - 1];
            foreach (Match block in Block().Matches(section.Value))
            {
                string hex = string.Concat(Bytes().Matches(block.Groups[1].Value).Select(line => line.Value))
                    .Replace(" ", "", StringComparison.Ordinal);
                if (hex.Length == 0)
                    continue;
                bool isWhole = hex == write.Text("bytes") || hex == write.TextOrNull("plaintext");
                Assert.True(
                    isWhole || (block.Groups[1].Value.Contains("field 6", StringComparison.Ordinal)
                        && write.Text("bytes").Contains(hex, StringComparison.Ordinal)),
                    $"Section {section.Groups[1].Value}: {hex}");
                whole += isWhole ? 1 : 0;
            }
        }

        // Of the nine writes the second and third are told by what is different; four have a packet that is opened.
        Assert.Equal(7 + 4, whole);
    }

    [Fact]
    public void The_table_of_the_writes_holds_their_texts()
    {
        MatchCollection rows = Row().Matches(Document());
        Assert.Equal(Writes.Length, rows.Count);
        foreach (Match row in rows)
        {
            JsonElement write = Writes[int.Parse(row.Groups[1].Value, null) - 1];
            string text = row.Groups[3].Value;
            Assert.Equal(write.Text("by"), row.Groups[2].Value);
            Assert.StartsWith(text.TrimEnd('…'), write.Text("text"), StringComparison.Ordinal);
            if (text.EndsWith('…'))
                Assert.Contains($"({write.Text("text").Length} units)", row.Value, StringComparison.Ordinal);
            else
                Assert.Equal(write.Text("text"), text);
        }
    }

    private static string Document()
    {
        string vectors = Path.GetDirectoryName(VectorFile.PathOf("session.json"))!;
        return File.ReadAllText(Path.Combine(vectors, "..", "example.md"));
    }

    [GeneratedRegex(@"(?ms)^## (\d)\..*?(?=^## |\z)")]
    private static partial Regex Section();

    [GeneratedRegex(@"(?ms)^```\n(.*?)^```")]
    private static partial Regex Block();

    [GeneratedRegex(@"(?m)^[0-9a-f]{2}(?: [0-9a-f]{2})*(?=  |$)")]
    private static partial Regex Bytes();

    [GeneratedRegex(@"(?m)^\| (\d) \| (\w+) \| [^|]+ \| `([^`]+)`.*$")]
    private static partial Regex Row();
}
