using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Tests;

/// <summary>The generated code against what is checked in. With the environment variable <c>KVPRPC_UPDATE_EXPECTED</c>
/// set, the files are written instead: review their changes.</summary>
public sealed class ExpectedTests
{
    [Theory]
    [InlineData("Calls")]
    [InlineData("Collections")]
    [InlineData("Objects")]
    [InlineData("Streams")]
    public void The_generated_code_is_what_is_checked_in(string name)
    {
        string folder = Path.Combine(Sources.Folder, "Expected", name);
        string source = File.ReadAllText(Path.Combine(folder, "Source.txt"));
        GeneratorRunResult result = Driven.Run(Driven.Compile("Contoso", source));
        bool isUpdate = Environment.GetEnvironmentVariable("KVPRPC_UPDATE_EXPECTED") is not null;

        Assert.Empty(result.Diagnostics);
        Assert.Equal(2, result.GeneratedSources.Length);
        foreach (GeneratedSourceResult generated in result.GeneratedSources)
        {
            string path = Path.Combine(folder, Path.ChangeExtension(generated.HintName, "txt"));
            if (isUpdate)
                File.WriteAllText(path, generated.SourceText.ToString());
            Assert.Equal(File.ReadAllText(path), generated.SourceText.ToString());
        }
    }
}
