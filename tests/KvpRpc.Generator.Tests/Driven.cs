using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KvpRpc.Generator.Tests;

/// <summary>Runs the generator on source text.</summary>
internal static class Driven
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using KvpRpc;
        global using MessagePack;
        """;

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    internal static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    internal static CSharpCompilation Compile(string name, string source, params MetadataReference[] more) =>
        CSharpCompilation.Create(
            name,
            [Parse(Usings, "Usings.cs"), Parse(source, "Source.cs")],
            [.. References, .. more],
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>Compiles against the platform and the named assemblies only.</summary>
    internal static CSharpCompilation CompileWith(string name, string source, params string[] assemblies) =>
        CSharpCompilation.Create(
            name,
            [Parse(source, "Source.cs")],
            References.Where(reference => Path.GetFileNameWithoutExtension(reference.Display!) is var file
                && (file.StartsWith("System.", StringComparison.Ordinal) || assemblies.Contains(file))),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

    internal static SyntaxTree Parse(string source, string path) =>
        CSharpSyntaxTree.ParseText(
            source, ParseOptions, path, cancellationToken: TestContext.Current.CancellationToken);

    internal static GeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new ContractGenerator().AsSourceGenerator()],
        parseOptions: ParseOptions,
        driverOptions: new GeneratorDriverOptions(
            IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>Runs the generator and makes sure that what it made compiles.</summary>
    internal static GeneratorRunResult Run(Compilation compilation)
    {
        GeneratorDriver driver = Driver().RunGeneratorsAndUpdateCompilation(
            compilation, out Compilation output, out _, TestContext.Current.CancellationToken);
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        if (result.Exception is { } exception)
            throw new InvalidOperationException("The generator threw.", exception);
        Assert.Empty(output.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        return result;
    }

    /// <summary>Runs the generator on a contract's members; the contract is used in the same assembly.</summary>
    internal static ImmutableArray<Diagnostic> Diagnose(string members, string more = "") => Run(Compile("Test", $$"""
        [assembly: KvpContract(typeof(Test.IContract))]
        namespace Test;
        {{more}}
        [KvpService]
        public interface IContract
        {
            {{members}}
        }
        """)).Diagnostics;

    internal static MetadataReference ToReference(this CSharpCompilation compilation)
    {
        using var image = new MemoryStream();
        Assert.True(compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}
