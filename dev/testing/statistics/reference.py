"""Writes numpy.json, the reference values of the tests of statistics and signals: `python reference.py > numpy.json`."""
import numpy as np, json
rng = np.random.default_rng(7)
def r(a):
    a=np.asarray(a)
    if a.dtype==bool: return a.tolist()
    f=lambda v: None if isinstance(v,float) and np.isnan(v) else ("inf" if v==np.inf else "-inf" if v==-np.inf else (round(float(v),7)))
    def g(v): return [g(x) for x in v] if isinstance(v,list) else f(v)
    return g(a.astype(float).tolist())
m=np.array([[3,1,4,1],[5,9,2,6],[5,3,5,8.]]); v=np.array([2.5,-1,0,7,3.25,3.25,-4]); h=np.array([[1,np.nan,3],[np.nan,np.nan,np.nan],[4,5,-6.]])
s=np.array([[0.5,2,1],[1,1,0]]); 
out={}
def add(k,x): out[k]=r(x)
add("median",np.median(m)); add("median axis 0",np.median(m,axis=0)); add("median keepdims",np.median(m,axis=1,keepdims=True)); add("median of NaN",np.median(h,axis=1))
add("quantile",np.quantile(v,0.3)); add("quantile several",np.quantile(m,[0,.25,.9,1],axis=1)); add("quantile two axes",np.quantile(np.stack([m,-m]),[.1,.5],axis=(0,2)))
for k in ["lower","higher","nearest","midpoint"]: add("quantile "+k,np.quantile(v,[.1,.45,.5,.8],method=k))
add("percentile",np.percentile(v,[5,50,95])); add("percentile kept",np.percentile(m,30,axis=0,keepdims=True))
add("nanmedian",np.nanmedian(h,axis=1)); add("nanquantile",np.nanquantile(h,[.25,.75],axis=1)); add("nanquantile whole",np.nanquantile(h,.4))
add("nansum",np.nansum(h,axis=0)); add("nanprod",np.nanprod(h)); add("nanmean",np.nanmean(h,axis=1)); add("nanvar",np.nanvar(h,axis=0)); add("nanstd ddof",np.nanstd(h,axis=1,ddof=1)); add("nanmax",np.nanmax(h,axis=1)); add("nanmin",np.nanmin(h)); add("nanargmax",np.nanargmax(h[[0,2]],axis=1)); add("nanargmin",np.nanargmin(h))
add("average",np.average(m,axis=1,weights=[1,2,0,1])); add("average whole",np.average(m)); add("average axis 0",np.average(m,axis=0,weights=[1,2,3])); add("average weights",np.average(m,weights=m)); 
add("cov",np.cov(m)); add("cov columns",np.cov(m,rowvar=False,ddof=0)); add("cov vector",np.atleast_2d(np.cov(v))); add("cov weights",np.cov(m,aweights=[1,2,.5,1])); add("corrcoef",np.corrcoef(m))
c,e=np.histogram(v,4); add("histogram",c); add("histogram edges",e); add("histogram given",np.histogram(v,[-1,0,3,7])[0]); add("histogram range",np.histogram(v,3,range=(0,3.25))[0]); add("histogram weights",np.histogram(v,[-5,0,3.25],weights=np.arange(7.))[0]); add("histogram density",np.histogram(v,[-5,0,3,8],density=True)[0]); add("histogram of one",np.histogram([2.,2.],2)[1])
add("digitize",np.digitize(v,[0,2.5,7])); add("digitize right",np.digitize(v,[0,2.5,7],right=True)); add("digitize falling",np.digitize(v,[7,2.5,0])); add("digitize falling right",np.digitize(v,[7,2.5,0],right=True)); add("digitize one",np.digitize(v,[2.5]))
u=np.unique(np.array([3,1,3,2,1,3]),return_index=True,return_inverse=True,return_counts=True); 
for k,a in zip(["values","indices","inverse","counts"],u): add("unique "+k,a)
add("argwhere",np.argwhere(m>4))
for mode in ["full","same","valid"]:
  add("convolve "+mode,np.convolve(v,[1,.5,-2,3],mode)); add("correlate "+mode,np.correlate(v,[1,.5,-2,3],mode)); add("convolve short "+mode,np.convolve([1.,2],[1,.5,-2],mode)); add("correlate short "+mode,np.correlate([1.,2],[1,.5,-2.],mode)); add("correlate short even "+mode,np.correlate([1.,2,4],[1,.5,-2.,3],mode)); add("correlate short 2 4 "+mode,np.correlate([1.,2],[1,.5,-2.,3],mode))
add("interp",np.interp([0,1,1.5,2.9,3,4],[1,2,3],[3,2,0])); add("interp ends",np.interp([0,9],[1,2],[3,5],left=-1,right=7)); add("interp one",np.interp([0,9],[1],[3])); add("interp period",np.interp(v,[190,-190,350,-350],[5,10,3,4],period=360)); add("interp short period",np.interp(v,[3,1,2],[3,2,0],period=-2.5))
add("trapezoid",np.trapezoid(m,axis=0)); add("trapezoid x",np.trapezoid(m,x=[0,1,3,7],axis=1)); add("trapezoid dx",np.trapezoid(v,dx=.5)); add("trapezoid x axis 0",np.trapezoid(m,x=[0,2,3],axis=0))
add("polyval",np.polyval([2,-1,3],m)); add("cross",np.cross(m[:2,:3],m[1:,:3])); add("cross axis 0",np.cross(m[:, :2].T@np.eye(3),m[:, 2:].T@np.eye(3))); add("vdot",np.vdot(m,m+1))
add("cummax",np.maximum.accumulate(v)); add("cummin axis",np.minimum.accumulate(m,axis=1)); add("logcumsumexp",np.logaddexp.accumulate(v))
add("hypot",np.hypot(m,[3e20,1,0,4])); add("rot90",np.rot90(m)); add("rot90 three times",np.rot90(m,3)); add("rot90 twice",np.rot90(m[None],2,(1,2))); add("logspace",np.logspace(0,2,5)); add("logspace of base 2",np.logspace(1,4,3,base=2,endpoint=False)); add("geomspace",np.geomspace(1,256,9)); add("geomspace below 0",np.geomspace(-1,-100,3))
print(json.dumps(out))
