namespace KvpRpc.Repository.Tests;

/// <summary>What a test found that should not be: all of it is shown, since all of it is to be mended.</summary>
internal static class Findings
{
    internal static void AssertNone(IEnumerable<string> findings)
    {
        string[] all = [.. findings];
        Assert.True(all.Length == 0, string.Join('\n', all));
    }
}
