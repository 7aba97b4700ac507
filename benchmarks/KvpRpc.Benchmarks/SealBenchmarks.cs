using BenchmarkDotNet.Attributes;
using KvpRpc.Sealing;

namespace KvpRpc.Benchmarks;

/// <summary>The cost of a seal, for the paths there are; the numbers in protocol/sealing.md come from here.</summary>
[MemoryDiagnoser]
public class SealBenchmarks : IDisposable
{
    private readonly byte[] _nonce = new byte[AesGcmSiv.NonceBytes];
    private readonly byte[] _tag = new byte[AesGcmSiv.TagBytes];

    /// <summary>The chained tags and the acknowledged number: what each packet binds.</summary>
    private readonly byte[] _associatedData = new byte[40];
    private byte[] _plaintext = [];
    private byte[] _ciphertext = [];
    private byte[] _opened = [];
    private AesGcmSiv _seal = new AesGcmSivPortable();

    [Params(100, 1400)]
    public int Length { get; set; }

    [Params(false, true)]
    public bool Portable { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _seal.Dispose();
        _seal = Portable ? new AesGcmSivPortable() : AesGcmSiv.Create();
        _seal.SetKey(new byte[AesGcmSiv.KeyBytes]);
        _plaintext = new byte[Length];
        _ciphertext = new byte[Length];
        _opened = new byte[Length];
        _seal.Seal(_nonce, _associatedData, _plaintext, _ciphertext, _tag);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _seal.Dispose();

    [Benchmark]
    public void Seal() => _seal.Seal(_nonce, _associatedData, _plaintext, _opened, _tag);

    [Benchmark]
    public bool Open() => _seal.TryOpen(_nonce, _associatedData, _ciphertext, _tag, _opened);
}
