using System.Runtime.CompilerServices;
using System.Text.Json;

namespace KvpRpc.Tests.Sealing;

/// <summary>Reads the golden vectors of the protocol.</summary>
internal static class Vectors
{
    internal static JsonElement Read(string name, [CallerFilePath] string here = "")
    {
        DirectoryInfo? folder = new FileInfo(here).Directory;
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "protocol", "vectors")))
            folder = folder.Parent;
        Assert.NotNull(folder);
        using JsonDocument document = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(folder.FullName, "protocol", "vectors", name)));
        return document.RootElement.Clone();
    }

    internal static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    internal static byte[] Bytes(this JsonElement element, string name) =>
        Convert.FromHexString(element.Text(name));
}
